import { afterEach, expect, test } from "vitest";
import { compareKakaoIds } from "../../src/core/kakao-id.ts";
import { makePopulation } from "../../src/simulator/seed.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { ask } from "./ask.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

const now = Date.parse("2026-03-01T12:00:00Z");
const setup = { count: 5_000, seed: 42, now, young: 0.05, preregistered: 0.02 };
const population = makePopulation(setup);
const ids = Array.from({ length: setup.count }, (_, index) => population.idAt(index));
const users = ids.map((id) => population.detailsOf(id));
const accounts = users.flatMap((user) => (user?.kakao_account ? [user.kakao_account] : []));

test("the same seed gives the same people, another seed others", () => {
  const again = makePopulation(setup);
  expect(ids.map((id) => again.detailsOf(id))).toEqual(users);
  expect(makePopulation({ ...setup, seed: 43 }).personAt(0)).not.toEqual(population.personAt(0));
});

test("ids ascend, some have nineteen digits, and only they have details", () => {
  expect(ids.toSorted(compareKakaoIds)).toEqual(ids);
  expect(new Set(ids).size).toBe(setup.count);
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([10, 19]));
  expect(accounts).toHaveLength(setup.count);
  for (const stranger of ["1", "999999999", `${ids[0]}0`, "9223372036854775807", String(BigInt(ids.at(-1) ?? 0) + 1n)]) {
    expect(population.detailsOf(stranger)).toBeUndefined();
  }
});

test.each([
  ["name", "name"], ["email", "email"], ["phone_number", "phone_number"], ["birthday", "birthday"], ["birthyear", "birthyear"], ["ci", "ci"],
])("%s comes in all four ways of value and flag, and never with the flag up", (item, field) => {
  const ways = new Set(accounts.map((account) => `${account[field] !== undefined} ${account[`${item}_needs_agreement`]}`));
  expect(ways).toEqual(new Set(["true false", "false true", "false false", "false undefined"]));
});

test("people look like Kakao's: phones, CIs, calendars, link dates, preregistered ones", () => {
  const people = ids.map((_, index) => population.personAt(index));
  const phones = people.map(({ phone }) => phone);
  expect(new Set(phones).size).toBe(setup.count);
  const kinds = [/^\+82 10-\d{4}-\d{4}$/, /^\+82 010-\d{4}-\d{4}$/, /^\+1 415-\d{3}-\d{4}$/, /^\+81 90-\d{4}-\d{4}$/];
  expect(phones.filter((phone) => !kinds.some((kind) => kind.test(phone)))).toEqual([]);
  for (const kind of kinds) expect(phones.some((phone) => kind.test(phone))).toBe(true);
  expect(people.every(({ ci }) => /^[A-Za-z0-9+/]{86}==$/.test(ci))).toBe(true);
  expect(new Set(people.map(({ calendar }) => calendar))).toEqual(new Set(["SOLAR", "LUNAR"]));
  expect(new Set(accounts.map((account) => `${account["is_email_valid"]} ${account["is_email_verified"]}`)).size).toBe(5);
  const ages = users.map((user) => now - Date.parse(user?.connected_at ?? ""));
  const young = ages.filter((age) => age < 86_400_000).length;
  expect(young).toBeGreaterThan(150);
  expect(young).toBeLessThan(350);
  expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
  expect(users.filter((user) => user?.has_signed_up === false).length).toBeGreaterThan(50);
});

test("a seeded population is listed and read like any other users", async () => {
  const running = await startSimulator({ now: () => now });
  simulator = running;
  running.users.seed(population);
  expect(running.users.count).toBe(setup.count);
  const from = ids[4_000] ?? "";
  const listed = await ask(running, "GET", "/v1/user/ids", { from_id: from, limit: "3" });
  expect(listed.text).toContain(`"elements":[${ids.slice(4_000, 4_003).join(",")}]`);
  const old = ids.find((_, index) => users[index]?.has_signed_up === true) ?? "";
  const read = await ask(running, "GET", "/v2/user/me", { target_id_type: "user_id", target_id: old });
  expect(read.json["kakao_account"]).toEqual(running.users.get(old)?.kakao_account);
  running.users.unlink(old, "UNLINK_FROM_APPS");
  expect(running.users.get(old)).toBeUndefined();
  running.users.relink(old);
  expect(running.users.get(old)?.connected_at).toBe("2026-03-01T12:00:00Z");
  expect(running.users.link()).toBe(String(BigInt(ids.at(-1) ?? 0) + 1n));
});
