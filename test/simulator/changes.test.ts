import { afterEach, expect, test } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { ask, target } from "./ask.ts";

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
afterEach(() => simulator.close());

const post = (path: string, id: string, parameters: Record<string, string> = {}) => ask(simulator, "POST", path, { ...target(id), ...parameters });
const get = (path: string, id: string, parameters: Record<string, string> = {}) => ask(simulator, "GET", path, { ...target(id), ...parameters });
const account = { name_needs_agreement: false, name: "김민아", gender_needs_agreement: false, gender: "female", ci_needs_agreement: true };
const user = { id: 7, connected_at: "2025-01-01T00:00:00Z", synched_at: "2025-01-01T00:00:00Z", kakao_account: account, properties: { a: "b" } };

test("unlinking answers the id once, then -101, and the user is nowhere any more", async () => {
  await start({ users: [user, { id: "9123456789012345678" }] });
  expect((await post("/v1/user/unlink", "9123456789012345678")).text).toBe('{"id":9123456789012345678}');
  expect(await post("/v1/user/unlink", "9123456789012345678")).toMatchObject({ status: 400, json: { code: -101 } });
  expect((await ask(simulator, "GET", "/v1/user/ids")).json["elements"]).toEqual([7]);
  expect([simulator.users.count, simulator.users.has("7"), simulator.users.has("9123456789012345678")]).toEqual([1, true, false]);
});

test("who comes back keeps the id, and agrees anew: new link date and term dates, no custom properties", async () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  await start({ users: [user], now: () => now });
  await post("/v2/user/upgrade/service_terms", "7", { tags: "marketing_20250101" });
  await post("/v1/user/unlink", "7");
  expect(simulator.users.relink("7")).toBe("7");
  expect((await get("/v2/user/me", "7")).json).toEqual({
    id: 7, connected_at: "2026-03-01T12:00:00Z", synched_at: "2026-03-01T12:00:00Z", kakao_account: account,
  });
  const terms = (await get("/v2/user/service_terms", "7")).json["service_terms"];
  expect(terms).toMatchObject([{ tag: "tos_20250101", agreed_at: "2026-03-01T12:00:00Z" }, { tag: "privacy_20250101" }]);
});

test("in an app with legacy ids who comes back has a new id", async () => {
  await start({ users: [user], legacyIds: true });
  await post("/v1/user/unlink", "7");
  expect(simulator.users.relink("7")).toBe("8");
  expect(await get("/v2/user/me", "7")).toMatchObject({ json: { code: -101 } });
  expect(await get("/v2/user/me", "8")).toMatchObject({ status: 200, json: { kakao_account: { name: "김민아" } } });
});

test("logging out leaves the link", async () => {
  await start({ users: [user] });
  expect((await post("/v1/user/logout", "7")).text).toBe('{"id":7}');
  expect(simulator.users.has("7")).toBe(true);
});

test("consents show what the account shows; revocable only when agreed, an item out of use only for who agreed", async () => {
  const scope = (id: string, required: boolean, using: boolean) => ({ id, displayName: id, type: "PRIVACY" as const, required, using });
  await start({
    users: [{ ...user, scopes: ["friends"] }, { id: 8, kakao_account: { gender_needs_agreement: true } }],
    scopes: [scope("name", true, true), scope("gender", false, true), scope("account_ci", false, true), scope("friends", false, false)],
  });
  const base = { type: "PRIVACY", using: true };
  expect((await get("/v2/user/scopes", "7")).json["scopes"]).toEqual([
    { ...base, id: "name", display_name: "name", agreed: true, revocable: false },
    { ...base, id: "gender", display_name: "gender", agreed: true, revocable: true },
    { ...base, id: "account_ci", display_name: "account_ci", agreed: false },
    { ...base, id: "friends", display_name: "friends", using: false, agreed: true, revocable: true },
  ]);
  expect((await get("/v2/user/scopes", "8", { scopes: '["gender"]' })).json["scopes"]).toEqual([
    { ...base, id: "gender", display_name: "gender", agreed: false },
  ]);
  expect((await get("/v2/user/scopes", "8")).text).not.toContain("friends");
});

test("withdrawing an item takes its value away; a required one is 403/-3, an unknown or never agreed one 400/-2", async () => {
  await start({ users: [user] });
  const answer = await post("/v2/user/revoke/scopes", "7", { scopes: '["gender"]' });
  expect(answer.json).toMatchObject({ id: 7, scopes: [{ id: "gender", agreed: false }] });
  expect((await get("/v2/user/me", "7")).json["kakao_account"]).toEqual({
    name_needs_agreement: false, name: "김민아", gender_needs_agreement: true, ci_needs_agreement: true,
  });
  expect(await post("/v2/user/revoke/scopes", "7", { scopes: '["name"]' })).toMatchObject({ status: 403, json: { code: -3 } });
  for (const scopes of ['["gender"]', '["account_ci"]', '["shoe_size"]', "[]"]) {
    expect(await post("/v2/user/revoke/scopes", "7", { scopes })).toMatchObject({ status: 400, json: { code: -2 } });
  }
});

test("withdrawing the nickname leaves the picture in the profile", async () => {
  const profile = { nickname: "Mina", is_default_nickname: false, is_default_image: true };
  await start({
    users: [{ id: 7, kakao_account: { profile_nickname_needs_agreement: false, profile_image_needs_agreement: false, profile } }],
    scopes: [{ id: "profile_nickname", displayName: "닉네임", type: "PRIVACY", required: false, using: true }],
  });
  await post("/v2/user/revoke/scopes", "7", { scopes: '["profile_nickname"]' });
  expect((await get("/v2/user/me", "7")).json["kakao_account"]).toEqual({
    profile_nickname_needs_agreement: true, profile_image_needs_agreement: false, profile: { is_default_image: true },
  });
});

test("terms: agreed on Kakao's screen or through the upgrade, which answers only what changed", async () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  await start({ users: [user, { id: 8 }], now: () => now });
  const kauth = { required: true, agreed: true, revocable: false, agreed_at: "2025-01-01T00:00:00Z", agreed_by: "KAUTH" };
  expect((await get("/v2/user/service_terms", "7")).json).toEqual({
    id: 7, service_terms: [{ tag: "tos_20250101", ...kauth }, { tag: "privacy_20250101", ...kauth }],
  });
  expect((await post("/v2/user/upgrade/service_terms", "7", { tags: "tos_20250101,marketing_20250101,none" })).json).toEqual({
    id: 7, agreed_service_terms: [{ tag: "marketing_20250101", agreed: true, agreed_at: "2026-03-01T12:00:00Z", agreed_by: "KAPI" }],
  });
  expect((await get("/v2/user/service_terms", "7", { tags: "marketing_20250101" })).json["service_terms"]).toEqual([
    { tag: "marketing_20250101", required: false, agreed: true, revocable: true, agreed_at: "2026-03-01T12:00:00Z", agreed_by: "KAPI" },
  ]);
  expect((await get("/v2/user/service_terms", "8")).json["service_terms"]).toEqual([]);
  expect((await get("/v2/user/service_terms", "8", { result: "app_service_terms" })).json["service_terms"]).toHaveLength(3);
});

test("revoking a term; unknown tags are -2", async () => {
  await start({ users: [user] });
  await post("/v2/user/upgrade/service_terms", "7", { tags: "marketing_20250101" });
  expect((await post("/v2/user/revoke/service_terms", "7", { tags: "marketing_20250101" })).json).toEqual({
    id: 7, revoked_service_terms: [{ tag: "marketing_20250101", agreed: false }],
  });
  expect((await get("/v2/user/service_terms", "7", { tags: "marketing_20250101" })).json["service_terms"]).toEqual([]);
  expect(await post("/v2/user/revoke/service_terms", "7", { tags: "none" })).toMatchObject({ status: 400, json: { code: -2 } });
  expect(await get("/v2/user/service_terms", "7", { tags: "none" })).toMatchObject({ status: 400, json: { code: -2 } });
});

test("the clean-up unlinks who nobody read within 24 hours, and nobody else", async () => {
  let now = Date.parse("2026-03-01T12:00:00Z");
  await start({ now: () => now, users: [{ id: 1, connected_at: "2026-01-01T00:00:00Z" }, { id: 2, connected_at: "2026-03-01T00:00:00Z" }] });
  simulator.users.link({}, "3");
  simulator.users.link({}, "4");
  simulator.users.link({ has_signed_up: false }, "5");
  await get("/v2/user/me", "4");
  await get("/v2/user/me", "5");
  now += 23 * 3_600_000;
  expect(simulator.users.cleanUp()).toEqual(["2"]);
  now += 3_600_000;
  expect(simulator.users.cleanUp()).toEqual(["3", "5"]);
  expect((await ask(simulator, "GET", "/v1/user/ids")).json["elements"]).toEqual([1, 4]);
});

test("details can be changed, and new users get ids of their own", async () => {
  await start({ users: [user] });
  simulator.users.change("7", { kakao_account: { name: "김미나" } });
  expect(simulator.users.get("7")?.kakao_account).toEqual({ ...account, name: "김미나" });
  expect(simulator.users.link({ kakao_account: { name: "new" } })).toBe("8");
  expect(() => simulator.users.link({}, "7")).toThrow("linked already");
});

test("fixtures load from JSON text with every digit, and rounded ids are refused", async () => {
  await start({ users: '[{"id": 9123456789012345678, "kakao_account": {"name": "say \\"id\\": 5"}}]' });
  expect(simulator.users.get("9123456789012345678")?.kakao_account).toEqual({ name: 'say "id": 5' });
  expect(() => simulator.users.load([{ id: 2 ** 60 }])).toThrow("rounded");
  expect(() => simulator.users.load('{"id": 1}')).toThrow("not a JSON array");
});
