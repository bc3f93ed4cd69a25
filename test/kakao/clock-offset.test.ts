import { afterEach, expect, test } from "vitest";
import { collect, createRig, type OddServer, startOddServer } from "./test-client.ts";

let server: OddServer;
afterEach(() => server.close());

const page = JSON.stringify({ elements: [7], total_count: 1 });
const now = Date.parse("2026-03-02T03:00:00Z");

async function offsetAfter(date: string | null, options: { readonly tookMs?: number } = {}): Promise<number | undefined> {
  let clock = now;
  server = await startOddServer((_request, _number, response) => {
    response.sendDate = false;
    clock += options.tookMs ?? 0;
    return { body: page, ...(date === null ? {} : { headers: { date } }) };
  });
  const { client } = createRig(server.url, { now: () => clock });
  expect(client.clockOffsetMs()).toBeUndefined();
  await collect(client.listUserIds());
  return client.clockOffsetMs();
}

test.each([
  ["Mon, 02 Mar 2026 03:00:00 GMT", 0],
  ["Thu, 05 Mar 2026 03:00:00 GMT", 3 * 86_400_000],
  ["Fri, 27 Feb 2026 03:00:00 GMT", -3 * 86_400_000],
  ["Mon, 02 Mar 2026 03:00:00", undefined],
  ["yesterday GMT", undefined],
  [null, undefined],
])("an answer of %s tells an offset of %s ms", async (date, offset) => {
  expect(await offsetAfter(date)).toBe(offset);
});

test("any moment of a slow exchange is no offset", async () => {
  expect(await offsetAfter("Mon, 02 Mar 2026 03:00:10 GMT", { tookMs: 25_000 })).toBe(0);
});
