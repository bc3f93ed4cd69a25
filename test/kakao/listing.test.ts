import { afterEach, expect, test } from "vitest";
import { collect, createRig, failureOf, startOddServer, type Answer, type OddServer, type Received } from "./test-client.ts";

let server: OddServer;
afterEach(() => server.close());

/** Kakao's listing: sorted, from_id inclusive, an `after_url` that repeats the last id, over plain http with the key in it. */
function kakaoListing(ids: readonly bigint[]): (request: Received) => Answer {
  return ({ parameters }) => {
    const from = BigInt(parameters.get("from_id") ?? "0");
    const limit = Number(parameters.get("limit"));
    const rest = ids.filter((id) => id >= from);
    const page = rest.slice(0, limit);
    const more = rest.length > page.length ? `,"after_url":"http://${trap}/v1/user/ids?from_id=${String(page.at(-1))}&app_key=k"` : "";
    return { body: `{"elements":[${page.join(",")}]${more}}` };
  };
}
const trap = "127.0.0.1:1";

function range(from: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, at) => from + BigInt(at));
}

test.each([
  [0, 1],
  [1, 1],
  [99, 1],
  [100, 1],
  [101, 2],
  [200, 2],
  [250, 3],
])("lists %i users in %i calls, each once and in order, 19 digits long", async (count, calls) => {
  const ids = range(9_223_372_036_854_770_000n, count);
  server = await startOddServer(kakaoListing(ids));
  const pages = await collect(createRig(server.url).client.listUserIds());
  expect(pages.flat()).toEqual(ids.map(String));
  expect(server.requests).toHaveLength(calls);
});

test("asks for pages of 100 in ascending order, from the last id + 1 as a big integer", async () => {
  server = await startOddServer(kakaoListing([...range(9_007_199_254_740_893n, 100), 9_007_199_254_741_999n]));
  await collect(createRig(server.url).client.listUserIds());
  expect(server.requests.map(({ method, path, parameters }) => [method, path, Object.fromEntries(parameters)])).toEqual([
    ["GET", "/v1/user/ids", { limit: "100", order: "asc" }],
    ["GET", "/v1/user/ids", { limit: "100", order: "asc", from_id: "9007199254740993" }],
  ]);
});

test("goes on from a given id, inclusive", async () => {
  server = await startOddServer(kakaoListing(range(1n, 10)));
  expect(await collect(createRig(server.url).client.listUserIds({ from: "8" }))).toEqual([["8", "9", "10"]]);
});

test("ids that come again are given once", async () => {
  server = await startOddServer((_request, number) =>
    number === 1 ? { body: '{"elements":[1,2,2,3],"after_url":"http://x"}' } : { body: '{"elements":[2,3,4,4]}' },
  );
  expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["1", "2", "3"], ["4"]]);
});

test.each(['{"elements":[1,2],"after_url":null}', '{"elements":[1,2]}', '{"elements":[1,2],"after_url":""}'])(
  "%s is the last page",
  async (body) => {
    server = await startOddServer(() => ({ body }));
    expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["1", "2"]]);
    expect(server.requests).toHaveLength(1);
  },
);

test("a short page that announces more is not taken for the end", async () => {
  server = await startOddServer((_request, number) =>
    number === 1 ? { body: '{"elements":[1,2],"after_url":"http://x"}' } : { body: '{"elements":[3]}' },
  );
  expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["1", "2"], ["3"]]);
});

test("an empty page ends the listing, whatever it announces", async () => {
  server = await startOddServer((_request, number) =>
    number === 1 ? { body: '{"elements":[1,2],"after_url":"http://x"}' } : { body: '{"elements":[],"after_url":"http://x"}' },
  );
  expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["1", "2"]]);
  expect(server.requests).toHaveLength(2);
});

test("a page that repeats known ids ends the listing", async () => {
  server = await startOddServer(() => ({ body: '{"elements":[1,2],"after_url":"http://x"}' }));
  expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["1", "2"]]);
  expect(server.requests).toHaveLength(2);
});

test("a server that ignores from_id and announces more is an error, not a short listing", async () => {
  const body = `{"elements":[${range(1n, 100).join(",")}],"after_url":"http://x"}`;
  server = await startOddServer(() => ({ body }));
  expect(await failureOf(collect(createRig(server.url).client.listUserIds()))).toMatchObject({ code: "kakao-unexpected-answer" });
});

test("a page that is not ascending is an error", async () => {
  server = await startOddServer(() => ({ body: '{"elements":[1,10,9]}' }));
  expect(await failureOf(collect(createRig(server.url).client.listUserIds()))).toMatchObject({
    code: "kakao-unexpected-answer",
    message: expect.stringContaining("ascending") as string,
  });
});

test("the largest id of all ends the listing", async () => {
  server = await startOddServer(() => ({ body: '{"elements":[9223372036854775807],"after_url":"http://x"}' }));
  expect(await collect(createRig(server.url).client.listUserIds())).toEqual([["9223372036854775807"]]);
  expect(server.requests).toHaveLength(1);
});

test.each(['{"elements":[0]}', '{"elements":[-5]}', '{"elements":[1.5]}', '{"elements":[9223372036854775808]}', '{"elements":[null]}', "{}", "[]"])(
  "%s is no listing page",
  async (body) => {
    server = await startOddServer(() => ({ body }));
    expect(await failureOf(collect(createRig(server.url).client.listUserIds()))).toMatchObject({ code: "kakao-unexpected-answer" });
  },
);

test("after 429 it waits for the minute to be over and goes on", async () => {
  server = await startOddServer((_request, number) =>
    number <= 2 ? { status: 429, body: '{"msg":"API limit has been exceeded.","code":-10}' } : { body: '{"elements":[7]}' },
  );
  const rig = createRig(server.url);
  expect(await collect(rig.client.listUserIds())).toEqual([["7"]]);
  expect(rig.waits).toEqual([62_500, 62_500]);
});

test("a listing limit that ten minutes do not lift ends the run and names the quota", async () => {
  server = await startOddServer(() => ({ status: 400, body: '{"msg":"API limit has been exceeded.","code":-10}' }));
  const rig = createRig(server.url);
  expect(await failureOf(collect(rig.client.listUserIds()))).toMatchObject({ code: "kakao-quota", exitCode: 4 });
  expect(server.requests).toHaveLength(11);
});
