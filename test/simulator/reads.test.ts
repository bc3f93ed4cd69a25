import { afterEach, expect, test } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { ask, target } from "./ask.ts";

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
afterEach(() => simulator.close());

const mina: LoadedUser = {
  id: 100017, connected_at: "2025-11-02T01:20:33Z", synched_at: "2025-11-02T01:20:33Z", properties: { grade: "gold", memo: "x" },
  for_partner: { uuid: "partner-uuid" },
  kakao_account: {
    profile_nickname_needs_agreement: false, profile_image_needs_agreement: true, profile: { nickname: "Mina", is_default_nickname: false },
    name_needs_agreement: false, name: "김민아",
    email_needs_agreement: false, is_email_valid: true, is_email_verified: true, email: "mina@example.com",
    phone_number_needs_agreement: false, phone_number: "+82 10-5555-0147",
    birthday_needs_agreement: false, birthday: "0715", birthday_type: "SOLAR", is_leap_month: false,
    gender_needs_agreement: true, ci_needs_agreement: false,
  },
};
const me = (id: string, parameters: Record<string, string> = {}) => ask(simulator, "GET", "/v2/user/me", { ...target(id), ...parameters });
const users = (ids: string, parameters: Record<string, string> = {}) =>
  ask(simulator, "GET", "/v2/app/users", { target_id_type: "user_id", target_ids: ids, ...parameters });
const listOf = (count: number): string => `[${Array.from({ length: count }, (_, at) => at + 1).join(",")}]`;

test("one user answers everything without property_keys, by GET and by POST", async () => {
  await start({ users: [mina] });
  expect((await me("100017")).json).toEqual(mina);
  expect((await ask(simulator, "POST", "/v2/user/me", target("100017"))).json).toEqual(mina);
});

test.each([
  ['["kakao_account.email"]', { email_needs_agreement: false, is_email_valid: true, is_email_verified: true, email: "mina@example.com" }],
  ['["kakao_account.birthday"]', { birthday_needs_agreement: false, birthday: "0715", birthday_type: "SOLAR", is_leap_month: false }],
  ['["kakao_account.ci","kakao_account.gender"]', { ci_needs_agreement: false, gender_needs_agreement: true }],
  ['["kakao_account.birthyear"]', undefined],
  ['["kakao_account.profile"]', {
    profile_nickname_needs_agreement: false, profile_image_needs_agreement: true, profile: { nickname: "Mina", is_default_nickname: false },
  }],
  ['["kakao_account."]', mina.kakao_account],
])("property_keys %s bring the items with their companions and nothing else", async (keys, account) => {
  await start({ users: [mina] });
  const { id, connected_at, synched_at } = mina;
  const expected = { id, connected_at, synched_at, ...(account ? { kakao_account: account } : {}) };
  expect((await me("100017", { property_keys: keys })).json).toEqual(expected);
});

test("custom properties can be asked for singly or as a branch; an unknown key is -201", async () => {
  await start({ users: [mina] });
  expect((await me("100017", { property_keys: '["properties.grade"]' })).json["properties"]).toEqual({ grade: "gold" });
  expect((await me("100017", { property_keys: '["properties."]' })).json["properties"]).toEqual({ grade: "gold", memo: "x" });
  expect(await me("100017", { property_keys: '["kakao_account.shoe_size"]' })).toMatchObject({ status: 400, json: { code: -201 } });
  expect(await me("100017", { property_keys: "kakao_account.ci" })).toMatchObject({ status: 400, json: { code: -2 } });
});

test("a user who is not linked is -101, a wrong or missing target -2", async () => {
  await start();
  expect(await me("5")).toMatchObject({ status: 400, json: { code: -101, msg: "NotRegisteredUserException" } });
  expect(await me("five")).toMatchObject({ status: 400, json: { code: -2 } });
  expect(await ask(simulator, "GET", "/v2/user/me", { target_id: "5" })).toMatchObject({ status: 400, json: { code: -2 } });
});

test("a preregistered user shows only what Kakao shows of one", async () => {
  await start({ users: [{ ...mina, has_signed_up: false }] });
  expect((await me("100017")).json).toEqual({
    id: 100017, has_signed_up: false, connected_at: mina.connected_at, for_partner: mina.for_partner,
    kakao_account: { profile: { nickname: "Mina", is_default_nickname: false }, is_email_valid: true, is_email_verified: true, email: "mina@example.com" },
  });
});

test("secure_resource turns picture addresses to https", async () => {
  const profile = { profile_image_url: "http://img.example.com/a.jpg", is_default_image: false };
  await start({ users: [{ id: 1, kakao_account: { profile_image_needs_agreement: false, profile } }] });
  expect((await me("1")).text).toContain('"profile_image_url":"http://img.example.com/a.jpg"');
  expect((await me("1", { secure_resource: "true" })).text).toContain('"profile_image_url":"https://img.example.com/a.jpg"');
});

test("several users: a bare array of dates, out of order, unlinked and repeated ids left out", async () => {
  await start({ users: Array.from({ length: 60 }, (_, at) => ({ ...mina, id: at + 1 })) });
  const { text } = await users(`[61,1,${listOf(60).slice(1)}`);
  expect(text.startsWith('[{"id":')).toBe(true);
  const elements: { id: number }[] = JSON.parse(text);
  expect(elements[0]).toEqual({ id: elements[0]?.id, connected_at: mina.connected_at, synched_at: mina.synched_at });
  const ids = elements.map(({ id }) => id);
  expect(ids).not.toEqual(ids.toSorted((left, right) => left - right));
  expect(ids.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
});

test("a user whose link is not dated shows no date instead of null", async () => {
  await start({ users: [{ id: "9123456789012345678" }] });
  expect((await users("[9123456789012345678]")).text).toBe('[{"id":9123456789012345678}]');
});

test("at most 100 users, at most 20 as soon as property_keys are sent", async () => {
  await start({ users: [mina] });
  const keys = { property_keys: '["kakao_account."]' };
  expect((await users(listOf(100))).status).toBe(200);
  expect(await users(listOf(101))).toMatchObject({ status: 400, json: { code: -2 } });
  expect((await users(listOf(20), keys)).status).toBe(200);
  expect(await users(listOf(21), keys)).toMatchObject({ status: 400, json: { code: -2 } });
});

test.each(["", "[]", "1,2", '["1"]', "[0]", "[9223372036854775808]", "[1.5]"])("target_ids %j are -2", async (ids) => {
  await start();
  expect(await users(ids)).toMatchObject({ status: 400, json: { code: -2 } });
});

test("the unconfirmed sides of the call for several users are switches", async () => {
  await start({ users: [mina], appUsersShape: "elements", appUsersPost: true, unlinkedInAppUsers: "fail" });
  const form = { target_id_type: "user_id", target_ids: "[100017]" };
  expect((await ask(simulator, "POST", "/v2/app/users", form)).json["elements"]).toHaveLength(1);
  expect(await users("[100017,5]")).toMatchObject({ status: 400, json: { code: -101 } });
  await simulator.close();
  await start({ users: [mina] });
  expect((await ask(simulator, "POST", "/v2/app/users", form)).status).toBe(501);
});

test("details reads are noted, also of users younger than 24 hours; link dates alone are no details", async () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  await start({ now: () => now, users: [
    { id: 1, connected_at: "2026-02-28T11:59:59Z" }, { id: 2, connected_at: "2026-02-28T12:00:01Z" }, { id: 3, connected_at: "2026-01-01T00:00:00Z" },
  ] });
  await users("[1,2,3]");
  expect([1, 2, 3].map((id) => simulator.users.detailsReadAt(String(id)))).toEqual([undefined, undefined, undefined]);
  await users("[1,2]", { property_keys: '["kakao_account.ci"]' });
  expect([1, 2, 3].map((id) => simulator.users.detailsReadAt(String(id)))).toEqual([now, now, undefined]);
  expect(simulator.users.youngReads).toEqual([{ id: "2", at: "2026-03-01T12:00:00.000Z", age: 86_399_000 }]);
});
