import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { change, crowd, goodFile, goodScopes, goodTerms, scopesOf, secrets, user } from "../helpers/consent.ts";
import { openService, type RanJson, type Service } from "../helpers/service.ts";

// The live look (product.md section 8, --live), against the simulator over HTTP.

interface Live {
  readonly sampled: number;
  readonly linked: number | null;
  readonly kakaoSyncUsers: number;
  readonly needingConsent: { readonly kakaoLogin: number; readonly kakaoSync: number };
  readonly replaced: Readonly<Record<string, number>>;
  readonly items: readonly { readonly id: string; readonly using: boolean; readonly agreed: number; readonly revocable: number; readonly withValue?: number }[];
  readonly terms?: readonly { readonly tag: string; readonly required: boolean; readonly agreed: number; readonly revocable: number }[];
  readonly termsRefused?: string;
}

async function open(users: readonly LoadedUser[], { file = goodFile, simulator = {} }: { readonly file?: string; readonly simulator?: SimulatorOptions } = {}): Promise<Service> {
  const service = await openService({
    config: { matching: { corroborators: ["name"] }, limits: { requestsPerSecond: 100 } },
    simulator: { users, scopes: scopesOf(goodScopes), serviceTerms: goodTerms, ...simulator },
  });
  service.write("kakao-sync.consent.yaml", file);
  return service;
}

function liveOf({ json, error }: Pick<RanJson, "json" | "error">): Live {
  if (error.code !== "") throw new Error(`${error.code}: ${error.message}`);
  return json["live"] as Live;
}

function rulesOf({ json }: Pick<RanJson, "json">): readonly string[] {
  return (json["findings"] as readonly { readonly rule: string; readonly item?: string }[]).map(({ rule, item }) => `${rule} ${item ?? ""}`.trim());
}

/** Live rules that found something. */
function driftOf(ran: Pick<RanJson, "json">): readonly string[] {
  return rulesOf(ran).filter((rule) => rule.startsWith("C-LIVE-"));
}

/** Whom a single-user call asked about. */
function asked(service: Service, path: string): readonly string[] {
  return service.simulator.requests.find({ path }).map(({ parameters }) => parameters["target_id"] ?? "");
}

describe("counts", () => {
  test("items and terms: in use, required or not, who agreed, and behind whose consent there is a value", async () => {
    const { name, email, birthday, birthyear } = secrets;
    const users = [
      ...crowd(6),
      user("5001", { agreed: { ...secrets, ci: null } }),
      user("5002", { agreed: { name, email, birthday, birthyear, phone_number: null }, sync: false, terms: ["service_20260901"] }),
    ];
    const live = liveOf(await (await open(users)).json("audit-consent", "--live"));
    expect(live).toMatchObject({ sampled: 8, linked: 8, kakaoSyncUsers: 7, needingConsent: { kakaoLogin: 1, kakaoSync: 0 }, replaced: {} });
    const item = (id: string): unknown => live.items.find((one) => one.id === id);
    expect(item("account_ci")).toEqual({ id: "account_ci", displayName: "CI(연계정보)", using: true, agreed: 7, revocable: 0, withValue: 6 });
    expect(item("phone_number")).toMatchObject({ using: true, agreed: 8, revocable: 0, withValue: 7 });
    expect(item("birthday")).toMatchObject({ agreed: 8, revocable: 8, withValue: 8 });
    expect(item("plusfriends")).toEqual({ id: "plusfriends", displayName: "카카오톡 채널 추가 상태 및 내역", using: true, agreed: 0, revocable: 0 });
    expect(live.terms?.map(({ tag, required, agreed }) => [tag, required, agreed])).toEqual([
      ["service_20260901", true, 8], ["privacy_20260901", true, 7], ["abroad_20260901", true, 7], ["marketing_20260901", false, 0], ["night_20260901", false, 0],
    ]);
  });

  test("an item that the app no longer uses is counted as off, whoever agreed once", async () => {
    const service = await open([...crowd(3), user("9")], { simulator: { scopes: scopesOf({ ...goodScopes, birthday: "off" }) } });
    expect(liveOf(await service.json("audit-consent", "--live")).items.find(({ id }) => id === "birthday")).toMatchObject({ using: false, agreed: 4 });
    const keys = service.simulator.requests.find({ path: "/v2/app/users" }).map(({ parameters }) => parameters["property_keys"] ?? "");
    expect(keys.join()).not.toContain("birthday");
    expect(keys.join()).toContain("phone_number");
  });

  test("as text: within 80 columns, with the coverage of each item and each term", async () => {
    const { out, err } = await (await open(crowd(5))).run("audit-consent", "--live");
    expect(Math.max(...out.split("\n").map(measureWidth))).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^phone_number +카카오계정\(전화번호\) +required +5 +5$/m);
    expect(out).toMatch(/^plusfriends .*unknown +0$/m);
    expect(out).toMatch(/^marketing_20260901 +optional +0$/m);
    expect(out).toMatch(/^Kakao Sync +5 +0$/m);
    expect(err).toMatch(/up to about: \d+ calls \(\d+ listing, 5 basics, 205 details\)/);
  });
});

describe("drift", () => {
  test("none where the console is as the file says", async () => {
    expect(driftOf(await (await open(crowd(5))).json("audit-consent", "--live"))).toEqual([]);
  });

  test.each([
    ["on but not in the file", { ...goodScopes, gender: "optional" }, "C-LIVE-01 gender"],
    ["in the file but off", { ...goodScopes, shipping_address: "off" }, "C-LIVE-02 shipping_address"],
    ["required in the file but revocable", { ...goodScopes, phone_number: "optional" }, "C-LIVE-03 phone_number"],
    ["optional in the file but required", { ...goodScopes, birthday: "required" }, "C-LIVE-04 birthday"],
  ] as const)("items: %s", async (_what, scopes, rule) => {
    const service = await open(crowd(5), { simulator: { scopes: scopesOf(scopes) } });
    expect(driftOf(await service.json("audit-consent", "--live"))).toContain(rule);
  });

  test.each([
    ["added", [...goodTerms, { tag: "events_20261101", required: false }], "C-LIVE-05 events_20261101"],
    ["removed", goodTerms.slice(0, 4), "C-LIVE-06 night_20260901"],
    ["another flag", goodTerms.map((term) => (term.tag === "marketing_20260901" ? { ...term, required: true } : term)), "C-LIVE-07 marketing_20260901"],
  ] as const)("terms: %s", async (_what, serviceTerms, rule) => {
    const service = await open(crowd(5), { simulator: { serviceTerms } });
    expect(driftOf(await service.json("audit-consent", "--live"))).toContain(rule);
  });

  test("required, agreed and yet empty; and users from before Kakao Sync", async () => {
    const users = [...crowd(4), user("5001", { agreed: { ...secrets, ci: null } }), user("5002", { sync: false })];
    const ran = await (await open(users)).json("audit-consent", "--live");
    expect(driftOf(ran)).toEqual(expect.arrayContaining(["C-LIVE-08 account_ci", "C-LIVE-09", "C-LIVE-10 service_20260901"]));
  });

  test("a console that the file leaves to --live is taken from Kakao's answers", async () => {
    const file = change(goodFile, { [/ {2}items:\n {4}profile_nickname[\s\S]*?gender: off\n/.exec(goodFile)?.[0] ?? "?"]: "" });
    const service = await open(crowd(5), { file, simulator: { scopes: scopesOf({ ...goodScopes, account_ci: "off" }) } });
    expect(rulesOf(await service.json("audit-consent"))).toContain("C-FILE-01");
    const live = rulesOf(await service.json("audit-consent", "--live"));
    expect(live).not.toContain("C-FILE-01");
    expect(live.some((rule) => /^C-ITEM-\d+ account_ci$/.test(rule))).toBe(true);
  });
});

describe("the sample", () => {
  test("is spread over all linked ids, a hundred of them, by few calls", async () => {
    const service = await open(crowd(6_000));
    const live = liveOf(await service.json("audit-consent", "--live"));
    const ids = asked(service, "/v2/user/scopes").map(Number).sort((left, right) => left - right);
    expect([live.sampled, live.linked, new Set(ids).size]).toEqual([100, null, 100]);
    const tenths = new Set(ids.map((id) => Math.floor((id - 1_000) / 4_200)));
    expect(tenths.size).toBe(10);
    expect(service.simulator.requests.count({ path: "/v1/user/ids" })).toBeLessThanOrEqual(13);
    expect(asked(service, "/v2/user/service_terms")).toHaveLength(100);
    expect(service.simulator.requests.count({ path: "/v2/app/users" })).toBe(10);
  });

  test("finds enough where ids lie in heaps", async () => {
    const heaps = [...crowd(250), ...Array.from({ length: 250 }, (_one, at) => user(String(9_007_199_254_740_993n + BigInt(at))))];
    const live = liveOf(await (await open(heaps)).json("audit-consent", "--live", "--sample", "220"));
    expect(live.sampled).toBe(220);
  });

  test("comes from tonight's snapshot without a listing", async () => {
    const service = await open(crowd(300));
    await service.json("pull");
    service.simulator.requests.clear();
    const live = liveOf(await service.json("audit-consent", "--live", "--sample", "30"));
    expect([live.sampled, live.linked]).toEqual([30, 300]);
    expect(service.simulator.requests.count({ path: "/v1/user/ids" })).toBe(0);
    const ids = asked(service, "/v2/user/scopes").map(Number);
    expect([Math.min(...ids), Math.max(...ids) > 1_000 + 7 * 280]).toEqual([1_000, true]);
  });

  test("never holds anyone younger than 24 hours; neighbours stand in", async () => {
    const users = Array.from({ length: 60 }, (_one, at) => user(String(1_000 + at), { hours: at % 2 === 0 ? 1 : 25 }));
    const service = await open(users);
    const live = liveOf(await service.json("audit-consent", "--live", "--sample", "20"));
    expect(live).toMatchObject({ sampled: 20, replaced: { young: 10 } });
    expect(service.simulator.users.youngReads).toEqual([]);
    expect(asked(service, "/v2/user/scopes").every((id) => Number(id) % 2 === 1)).toBe(true);
  });

  test("a user who vanishes between two calls is replaced", async () => {
    const gone: string[] = [];
    const service = await open(crowd(50), {
      simulator: {
        onRequest: ({ path, parameters }) => {
          const id = parameters.get("target_id");
          if (path !== "/v2/user/service_terms" || id === null || gone.length === 3) return;
          gone.push(id);
          service.simulator.users.unlink(id, "UNLINK_FROM_APPS");
        },
      },
    });
    expect(liveOf(await service.json("audit-consent", "--live", "--sample", "20"))).toMatchObject({ sampled: 20, replaced: { "not-linked": 3 } });
  });

  test.each([[-103, "kakao-103"], [-402, "kakao-402"], [-406, "kakao-406"]])("a user about whom Kakao answers %i is replaced and counted by the code", async (code, reason) => {
    const service = await open(crowd(10));
    service.simulator.faults.add({ path: "/v2/user/scopes", fault: code, nth: 2 });
    expect(liveOf(await service.json("audit-consent", "--live", "--sample", "5"))).toMatchObject({ sampled: 5, replaced: { [reason]: 1 } });
  });

  test("leaves out who has not finished the sign-up, in an app without automatic linking", async () => {
    const users = crowd(12).map((one, at) => ({ ...one, has_signed_up: at % 4 !== 0 }));
    const service = await open(users);
    service.configure({ matching: { corroborators: ["name"] }, limits: { requestsPerSecond: 100 }, kakao: { app: { autoLink: false } } });
    expect(liveOf(await service.json("audit-consent", "--live"))).toMatchObject({ sampled: 9, replaced: { "sign-up-unfinished": 3 } });
  });

  test("keeps the pace of limits.requestsPerSecond over all its calls", async () => {
    const service = await open(crowd(8));
    service.configure({ matching: { corroborators: ["name"] }, limits: { requestsPerSecond: 20 } });
    expect(liveOf(await service.json("audit-consent", "--live")).sampled).toBe(8);
    const times = service.simulator.requests.find({}).filter(({ path }) => path !== "/v1/user/ids").map(({ at }) => at);
    expect(times).toHaveLength(18);
    // 18 calls take 17 steps of 50 ms; clocks and timers are off by a few.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(800);
  });

  test("is smaller where there are fewer users", async () => {
    expect(liveOf(await (await open(crowd(3))).json("audit-consent", "--live"))).toMatchObject({ sampled: 3, linked: 3 });
  });

  test("is empty in an app without users, or with new ones only: a warning, and the file is audited all the same", async () => {
    for (const users of [[], [user("7", { hours: 2 })]]) {
      const service = await open(users);
      const ran = await service.json("audit-consent", "--live");
      expect([liveOf(ran).sampled, driftOf(ran)]).toEqual([0, ["C-LIVE-11"]]);
      expect(ran.err).toContain("No linked user is older than 24 hours");
      expect(service.simulator.requests.count({ path: "/v2/user/scopes" })).toBe(0);
    }
  });
});

describe("what goes wrong", () => {
  test("an app without Kakao Sync: the terms stay unknown and the items are audited", async () => {
    const service = await open(crowd(8));
    service.simulator.faults.add({ path: "/v2/user/service_terms", fault: -3 });
    const ran = await service.json("audit-consent", "--live");
    expect(liveOf(ran)).toMatchObject({ sampled: 8, termsRefused: "kakao-3" });
    expect(liveOf(ran).terms).toBeUndefined();
    expect(driftOf(ran).filter((rule) => /C-LIVE-(05|06|07|10)/.test(rule))).toEqual([]);
    expect((await service.run("audit-consent", "--live")).out).toContain("Kakao answered about no terms");
  });

  test("everybody refused: exit 4, and by which code", async () => {
    const service = await open(crowd(8));
    service.simulator.faults.add({ path: "/v2/user/scopes", fault: -402 });
    const { code, error } = await service.json("audit-consent", "--live");
    expect([code, error.code]).toEqual([4, "live-nobody"]);
    expect(error.message).toContain("kakao-402: 8");
  });

  test("a wrong key: exit 2 at the first call", async () => {
    const service = await open(crowd(3));
    service.simulator.replaceAdminKey("another-key-0123456789");
    expect(await service.json("audit-consent", "--live")).toMatchObject({ code: 2, error: { code: "kakao-401" } });
  });

  test("an outage is waited out", async () => {
    const service = await open(crowd(3));
    service.simulator.faults.add({ path: "/v2/user/scopes", fault: -603, nth: 1 });
    expect(liveOf(await service.json("audit-consent", "--live")).sampled).toBe(3);
  });

  test("more calls than limits.monthlyShare leaves: refused before the first", async () => {
    const service = await open(crowd(3));
    service.configure({ limits: { requestsPerSecond: 100, monthlyShare: 0.00001 } });
    const { code, error } = await service.json("audit-consent", "--live");
    expect([code, error.code, service.simulator.requests.count({})]).toEqual([3, "monthly-share", 0]);
    expect(error.hint).toContain("--sample");
  });

  test("Ctrl-C ends it between two calls: exit 130, and nothing is said to go on", async () => {
    const controller = new AbortController();
    const service = await open(crowd(200), {
      simulator: {
        onRequest: ({ path }) => {
          if (path === "/v2/user/service_terms" && !controller.signal.aborted) controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "-" }));
        },
      },
    });
    const { code, err } = await service.runWith({ signal: controller.signal }, "audit-consent", "--live");
    expect([code, err.includes("the look begins anew")]).toEqual([130, true]);
    expect((await service.json("runs", "audit")).json).toMatchObject({ entries: 1, record: [{ entry: { event: "interrupted", command: "audit-consent" } }] });
    expect(asked(service, "/v2/user/service_terms").length).toBeLessThan(20);
  });
});

describe("privacy", () => {
  test("a look that stops half-way puts on the record how many CIs it had received", async () => {
    const service = await open(crowd(60));
    service.simulator.faults.add({ path: "/v2/user/scopes", fault: -12, from: 25 });
    expect((await service.json("audit-consent", "--live")).code).toBe(4);
    expect(JSON.stringify((await service.json("runs", "audit")).json)).toMatch(/"event":"interrupted".*"received":20,"destroyed":20/);
  });

  test("no value and no id is printed, written or recorded; the record says that CIs were received and dropped", async () => {
    const ids = ["7310000000000000001", "7310000000000000002"];
    const service = await open(ids.map((id) => user(id)));
    const ran = await service.json("audit-consent", "--live");
    const text = await service.run("audit-consent", "--live", "--format", "markdown", "--output", "report.md");
    const { json } = await service.json("runs", "audit");
    const all = [ran.out, ran.err, text.out, text.err, readFileSync(service.path("report.md"), "utf8"), JSON.stringify(json)].join("\n");
    for (const secret of [...Object.values(secrets).filter((value) => value.length > 4), ...ids, "7777", service.simulator.adminKey]) expect(all).not.toContain(secret);
    const folder = service.path(".kakao-sync");
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const bytes = readIfFile(join(folder, name));
      for (const secret of [secrets.name, secrets.email, secrets.ci, ...ids]) expect(bytes).not.toContain(secret);
    }
    expect(JSON.stringify(json)).toMatch(/"event":"read".*"received":2,"destroyed":2/);
  });
});

describe("--init --live", () => {
  test("fills in what Kakao answers, and the file has no drift then", async () => {
    const service = await open(crowd(12, { agreed: { ...secrets } }));
    const ran = await service.json("audit-consent", "--init", "--live", "--file", "new.yaml");
    expect(ran.json).toMatchObject({ file: "new.yaml", live: { sampled: 12 } });
    const written = readFileSync(service.path("new.yaml"), "utf8");
    for (const known of ["phone_number: required   # 카카오계정(전화번호)", "birthday: optional   # 생일", "plusfriends: optional   # 카카오톡 채널 추가 상태 및 내역: on, but nobody agreed yet", '- { tag: "marketing_20260901", required: false }']) expect(written).toContain(known);
    expect(driftOf(await service.json("audit-consent", "--live", "--file", "new.yaml"))).toEqual([]);
  });

  test("asks nobody where the file is there already", async () => {
    const service = await open(crowd(3));
    expect((await service.json("audit-consent", "--init", "--live")).error.code).toBe("consent-exists");
    expect(service.simulator.requests.count({})).toBe(0);
  });
});

function readIfFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
