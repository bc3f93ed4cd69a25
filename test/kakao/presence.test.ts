import { afterEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import { createRig, type Rig } from "./test-client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

const old = "2025-11-02T01:20:33Z";

async function open(options: SimulatorOptions = {}): Promise<Rig> {
  simulator = await startSimulator(options);
  return createRig(simulator.url, { adminKey: () => simulator.adminKey });
}

const everything = {
  profile: { nickname: "민아", profile_image_url: "http://k.example/640.jpg", thumbnail_image_url: "http://k.example/110.jpg" },
  name: "김민아", email: "mina@example.com", is_email_valid: true, is_email_verified: true, age_range: "30~39", birthyear: "1991", birthday: "0715", gender: "female",
  phone_number: "+82 10-5555-0147", ci: `${"c".repeat(86)}==`, legal_name: "김민아", legal_birth_date: "19910715", legal_gender: "female", is_korean: false,
};
const items = ["profile_nickname", "profile_image", "account_email", "account_ci", "name", "age_range", "birthyear", "birthday", "gender", "phone_number", "legal_name", "legal_birth_date", "legal_gender", "is_korean"];

describe("readPresence", () => {
  test("tells for every item whether there is a value, and holds none of the values", async () => {
    const { client } = await open({ users: [{ id: "7", connected_at: old, synched_at: old, kakao_account: everything }, { id: "8", connected_at: old, kakao_account: {} }] });
    const users = await client.readPresence(["7", "8"], items);
    const full = users.find(({ id }) => id === "7");
    expect(new Set(full?.filled)).toEqual(new Set([...items, "profile"]));
    expect(users.find(({ id }) => id === "8")).toEqual({ id: "8", connectedAt: old, synchedAt: null, hasSignedUp: null, filled: [] });
    const told = JSON.stringify(users);
    for (const value of ["민아", "mina@example.com", "5555", "1991", "0715", "cccc", "female", "jpg"]) expect(told).not.toContain(value);
  });

  test.each(items)("%s is empty where the value is absent or an empty text, and asked for by itself", async (item) => {
    const property = { profile_nickname: "profile", profile_image: "profile", account_email: "email", account_ci: "ci" }[item] ?? item;
    const { client } = await open({ users: [{ id: "7", connected_at: old, kakao_account: everything }, { id: "8", connected_at: old, kakao_account: { [property]: property === "profile" ? { nickname: "", profile_image_url: "" } : "" } }] });
    const users = await client.readPresence(["7", "8"], [item]);
    expect(users.find(({ id }) => id === "7")?.filled).toContain(item);
    expect(users.find(({ id }) => id === "8")?.filled).toEqual([]);
    expect(simulator.requests.find({ path: "/v2/app/users" })[0]?.parameters["property_keys"]).toBe(JSON.stringify([`kakao_account.${property}`]));
  });

  test("asks for whether the sign-up is finished only where it is to", async () => {
    const { client } = await open({ users: [{ id: "7", connected_at: old, has_signed_up: false, kakao_account: everything }] });
    expect(await client.readPresence(["7"], ["name"])).toMatchObject([{ hasSignedUp: null }]);
    expect(await client.readPresence(["7"], ["name"], { signUp: true })).toMatchObject([{ hasSignedUp: false }]);
  });

  test("the channel, friends and messages have no value in the account", async () => {
    const { client } = await open();
    expect(client.listAnswerable(["plusfriends", "name", "friends", "shipping_address"])).toEqual(["name"]);
  });
});

describe("readLastUserId", () => {
  test("is the highest id, in one call, beyond 2^53 too", async () => {
    const { client } = await open({ users: [{ id: "7" }, { id: "9223372036854700000" }, { id: "9007199254740993" }] });
    expect(await client.readLastUserId()).toBe("9223372036854700000");
    expect(simulator.requests.count({ path: "/v1/user/ids" })).toBe(1);
  });

  test("is undefined where nobody is linked", async () => {
    const { client } = await open();
    expect(await client.readLastUserId()).toBeUndefined();
  });
});
