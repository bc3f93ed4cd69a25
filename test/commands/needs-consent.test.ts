import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { crowd, goodTerms, secrets, user } from "../helpers/consent.ts";
import { type MemberValues, openService, readRows, type Service } from "../helpers/service.ts";

const required = goodTerms.filter((term) => term.required).map(({ tag }) => tag);

async function open(users: readonly LoadedUser[], members: readonly MemberValues[], simulator: SimulatorOptions = {}): Promise<Service> {
  return openService({ members, config: { limits: { requestsPerSecond: 100 } }, simulator: { users, serviceTerms: goodTerms, ...simulator } });
}

/** A live member for each user. */
function membersOf(users: readonly LoadedUser[]): MemberValues[] {
  return users.map(({ id }, at) => ({ id: at + 1, link: String(id) }));
}

describe("--needs-consent", () => {
  test("lists linked live members who came before Kakao Sync or lack a required term, and nobody else", async () => {
    const users = [
      user("101"),
      user("102", { sync: false, terms: [] }),
      user("103", { terms: required.slice(1) }),
      user("104", { sync: false, terms: required }),
      user("105", { hours: 3, sync: false }),
      user("106", { sync: false }),
    ];
    const members: MemberValues[] = [
      ...membersOf(users.slice(0, 5)),
      { id: 6, link: "106", status: "dormant" },
      { id: 7, link: "999" },
      { id: 8 },
    ];
    const service = await open(users, members);
    const { code, json, err } = await service.json("audit-consent", "--needs-consent", "ask.csv");
    expect([code, err]).toEqual([0, expect.stringMatching(/Asking about 6 linked members: 7 calls \(.*1 basics, 6 details\)/)]);
    expect(json).toEqual({ command: "audit-consent", asked: 4, kakaoLogin: 2, lackingTerms: 2, listed: 3, leftOut: { "not-linked": 1, young: 1 }, files: { needsConsent: "ask.csv" } });
    expect(readRows(readFileSync(service.path("ask.csv"), "utf8"))).toEqual([
      { member_id: "2", kakao_id: "102", came_by: "kakao-login", lacks: required.join(" ") },
      { member_id: "3", kakao_id: "103", came_by: "kakao-sync", lacks: required[0] },
      { member_id: "4", kakao_id: "104", came_by: "kakao-login", lacks: "" },
    ]);
    expect(statSync(service.path("ask.csv")).mode & 0o777).toBe(0o600);
    expect(service.simulator.users.youngReads).toEqual([]);
    expect(service.simulator.requests.find({ path: "/v2/user/service_terms" }).map(({ parameters }) => parameters["target_id"])).not.toContain("105");
  });

  test("reads no details, and leaves a trace on the record", async () => {
    const users = crowd(130, { sync: false });
    const service = await open(users, membersOf(users));
    const { json, out } = await service.json("audit-consent", "--needs-consent", "ask.csv");
    expect(json).toMatchObject({ asked: 130, listed: 130 });
    const reads = service.simulator.requests.find({ path: "/v2/app/users" });
    expect(reads.map(({ parameters }) => parameters["property_keys"])).toEqual([undefined, undefined]);
    expect(service.simulator.requests.count({ path: "/v2/user/me" })).toBe(0);
    expect(JSON.stringify((await service.json("runs", "audit")).json)).toContain('"event":"exported"');
    for (const value of [secrets.name, secrets.email, "7777"]) expect(`${out}${readFileSync(service.path("ask.csv"), "utf8")}`).not.toContain(value);
  });

  test("a user about whom Kakao does not answer is counted by the code and not listed", async () => {
    const users = crowd(5, { sync: false });
    const service = await open(users, membersOf(users));
    service.simulator.faults.addUser(String(users[2]?.id), -103);
    const { json } = await service.json("audit-consent", "--needs-consent", "ask.csv");
    expect(json["listed"]).toBe(4);
    expect(Object.values(json["leftOut"] as object)).toEqual([1]);
  });

  test("without terms at Kakao those who came before Kakao Sync are listed, with a warning", async () => {
    const users = [user("1"), user("2", { sync: false })];
    const service = await open(users, membersOf(users));
    service.simulator.faults.add({ path: "/v2/user/service_terms", fault: -3 });
    const { json, err } = await service.json("audit-consent", "--needs-consent", "ask.csv");
    expect(json).toMatchObject({ asked: 2, listed: 1, termsRefused: "kakao-3" });
    expect(err).toContain("names no terms for this app");
  });

  test("what stops half-way leaves no file, and the one before as it was", async () => {
    const users = crowd(40, { sync: false });
    const controller = new AbortController();
    let calls = 0;
    const service = await open(users, membersOf(users), {
      onRequest: ({ path }) => {
        calls += path === "/v2/user/service_terms" ? 1 : 0;
        if (calls === 10) controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "-" }));
      },
    });
    const { code, err } = await service.runWith({ signal: controller.signal }, "audit-consent", "--needs-consent", "ask.csv");
    expect([code, existsSync(service.path("ask.csv")), err.includes("begins anew")]).toEqual([130, false, true]);
    service.simulator.replaceAdminKey("another-key-0123456789");
    service.write("ask.csv", "before");
    expect((await service.json("audit-consent", "--needs-consent", "ask.csv")).error.code).toBe("kakao-401");
    expect(readFileSync(service.path("ask.csv"), "utf8")).toBe("before");
  });

  test("more calls than limits.monthlyShare leaves: refused before the first", async () => {
    const users = crowd(40);
    const service = await open(users, membersOf(users));
    service.configure({ limits: { requestsPerSecond: 100, monthlyShare: 0.00001 } });
    expect(await service.json("audit-consent", "--needs-consent", "ask.csv")).toMatchObject({ code: 3, error: { code: "monthly-share" } });
    expect(service.simulator.requests.count({})).toBe(0);
  });
});
