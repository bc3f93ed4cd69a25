import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ci } from "../helpers/match.ts";
import { accountOf, openService, type Service, type ServiceSetup } from "../helpers/service.ts";
import { detailReads, lookInto, readRecord, readSnapshot, setClock, states, town } from "../helpers/wiped.ts";

const day = 86_400_000;
const start = Date.parse("2026-11-21T02:00:00+09:00");
const limits = { link: { share: 1, count: 100 } };

afterEach(() => {
  vi.useRealTimers();
});

const wipedTown = { "11": "wiped", "12": "wiped", "13": "wiped", "14": "read", "15": "read" };

/** The town after its run was applied and its linked users were wiped, so many days later. */
async function openWiped(days: number, setup: ServiceSetup = {}): Promise<{ readonly service: Service; readonly run: string }> {
  setClock(start);
  const service = await openService({ ...town, ...setup });
  const { id } = await service.apply();
  expect(states(service)).toEqual(wipedTown);
  service.simulator.requests.clear();
  setClock(start + days * day);
  return { service, run: id };
}

describe("a wiped user whose details are due only by their age", () => {
  test("is read again, and wiped at once: no detail comes back, and the pull says what it destroyed", async () => {
    const { service } = await openWiped(8);
    const before = readSnapshot(service);
    expect((await service.json("pull")).json).toMatchObject({ kakaoUsers: 5, read: 2, wiped: 3 });
    expect(detailReads(service)).toEqual(["[11,12,13,14,15]"]);
    // The same keys under the same seed: not a byte of a wiped user is another one.
    expect(readSnapshot(service)).toEqual(before);
    expect(existsSync(service.path(".kakao-sync/pull.db"))).toBe(false);
    // Of 11 and 13 as they came, and of 14 what was read before.
    expect((await readRecord(service)).at(-1)).toMatchObject({ event: "pulled", counts: { read: 5, wiped: 2 + 1 }, ci: { received: 3, destroyed: 3 } });
    // Read just now: nobody is due.
    service.simulator.requests.clear();
    await service.json("pull");
    expect(detailReads(service)).toEqual([]);
  });

  test("is known under the number that it has by now, and no longer under the former one", async () => {
    const { service } = await openWiped(8, { config: { limits } });
    service.simulator.users.load([
      { id: "11", ...accountOf({ ci: ci("one"), phone: "010-3333-0003", name: "김하나", birthdate: "19900101" }) },
      { id: "16", ...accountOf({ phone: "010-3333-0003", name: "김여섯" }) },
    ]);
    await service.addMember({ id: 6, phone: "01033330003", name: "김여섯", verified: "2026-01-01 00:00:00" });
    const { json, id } = await service.json("map-members");
    expect(states(service)).toEqual({ ...wipedTown, "16": "read" });
    const answers = service.csv(id, "plan.csv").map(({ kakao_id, reason }) => [kakao_id, reason]);
    expect(answers).toContainEqual(["16", "shared-phone-kakao"]);
    // Nobody else has the former number any more: 15 is decided about as if 11 never had it.
    expect(json["counts"]).toMatchObject({ linked: 3, link: { phone: 1 }, review: { "shared-phone-kakao": 1 } });
  });

  test("stays wiped with --refresh-after, too, and when another property is asked for", async () => {
    const { service } = await openWiped(1);
    await service.json("pull", "--refresh-after", "1s");
    expect([detailReads(service), states(service)]).toEqual([["[11,12,13,14,15]"], wipedTown]);
    service.simulator.requests.clear();
    service.configure({ members: { birthdate: undefined } });
    await service.json("pull");
    service.configure({});
    await service.json("pull");
    expect([detailReads(service), states(service)]).toEqual([["[11,12,13,14,15]"], wipedTown]);
  });

  test("is unread once nobody holds it, and then read in full", async () => {
    const { service } = await openWiped(8);
    await service.json("pull");
    await service.change("delete from members where id = 2");
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ unread: 1 });
    service.simulator.requests.clear();
    await service.json("pull");
    expect([detailReads(service), states(service)["12"]]).toEqual([["[12]"], "read"]);
  });
});

describe("a wiped user is read and kept in full", () => {
  test("when it is on the list of those to be read again", async () => {
    const { service, run } = await openWiped(8);
    await service.json("undo", run, "--apply", "--yes", "--operator", "kim");
    await service.json("pull");
    expect(states(service)).toEqual({ ...wipedTown, "11": "read", "12": "read" });
  });

  test("under a configuration that the kept hashes do not fit", async () => {
    const { service } = await openWiped(8);
    service.configure({ matching: { placeholders: ["010-1111-0001"] } });
    await service.json("pull");
    expect(states(service)).toEqual({ "11": "read", "12": "read", "13": "read", "14": "read", "15": "read" });
  });

  test("with --refresh-after 0d, within the same second, and with a clock that was set back; no seed is left", async () => {
    for (const at of [0, -240_000]) {
      const { service } = await openWiped(0);
      setClock(start + at);
      await service.json("pull", "--refresh-after", "0d");
      expect(detailReads(service)).toEqual(["[11,12,13,14,15]"]);
      expect([...new Set(Object.values(states(service)))]).toEqual(["read"]);
      const comparison = lookInto(service, ({ snapshots }) => {
        const snapshot = snapshots.snapshot();
        snapshot?.close();
        return snapshot?.comparison;
      });
      expect(comparison).toBeNull();
    }
  });

  test("with --refresh-after 0d although an ordinary pull was cut short; cut short itself it is gone on with", async () => {
    const { service } = await openWiped(8);
    const cut = async (...argv: string[]) => {
      service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth: 2 });
      expect((await service.json("pull", ...argv)).code).toBe(4);
      service.simulator.faults.clear();
    };
    await cut();
    await cut("--refresh-after", "0d");
    await service.json("pull");
    expect([...new Set(Object.values(states(service)))]).toEqual(["read"]);
  });
});

test("a digest column that takes a plain one's place while a pull is unfinished: who shares the number is seen all the same", async () => {
  const service = await openService({
    members: [{ id: 1, ci: ci("one"), name: "김하나" }, { id: 4, phone: "01011110001", name: "박넷" }],
    users: { "11": { ci: ci("one"), phone: "010-1111-0001", name: "김하나" }, "15": { phone: "010-1111-0001", name: "박넷" } },
    config: { limits },
  });
  await service.apply();
  expect(states(service)).toEqual({ "11": "wiped", "15": "read" });
  service.simulator.users.load([{ id: "16", ...accountOf({ name: "새사람" }) }]);
  for (const nth of [2, 3]) service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth });
  expect((await service.json("pull", "--refresh-after", "1s")).code).toBe(4);
  service.simulator.faults.clear();
  await service.change(`update members set phone = '${createHash("sha256").update("01011110001").digest("hex")}' where id = 4`);
  service.configure({ limits, members: { phone: { column: "phone", stored: "sha256-hex", of: "digits" } } });
  expect((await service.apply()).json["counts"]).toMatchObject({ linked: 1, link: {}, review: { "shared-phone-kakao": 1 } });
  expect(await service.links()).toEqual({ 1: "11", 4: null });
});
