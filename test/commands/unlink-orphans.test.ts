import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, readRows, type ConfigChanges, type Service, type ServiceSetup } from "../helpers/service.ts";

const [listing, details] = ["/v1/user/ids", "/v2/app/users"];
const hourMs = 3_600_000;
const app = { kakao: { app: { fixedIds: true, autoLink: true } } };

afterEach(() => {
  vi.useRealTimers();
});

/** A service whose configuration says what unlinking needs. */
async function openShop({ config = {}, ...setup }: ServiceSetup): Promise<Service> {
  return openService({ ...setup, config: { ...app, ...config } });
}

/** A user linked so many milliseconds before now; a phone number unless told. */
function linkAgo(service: Service, id: string, ms: number, phone: string | null = `+82 10-7700-${id.padStart(4, "0").slice(-4)}`): void {
  const connected_at = new Date(Math.floor((Date.now() - ms) / 1000) * 1000).toISOString().replace(".000Z", "Z");
  service.simulator.users.load([{ id, connected_at, kakao_account: phone === null ? {} : { phone_number: phone, phone_number_needs_agreement: false } }]);
}

/** Time stands still from here on, on a whole second, at Kakao and here. */
function freeze(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 });
}

/** The URL of the service's own database, whatever engine it is. */
function databaseOf(service: Service): string {
  const { database } = JSON.parse(readFileSync(service.path("kakao-sync.config.yaml"), "utf8")) as { readonly database: { readonly url: string } };
  return database.url;
}

function kindsOf(service: Service, run: string): Readonly<Record<string, string>> {
  return Object.fromEntries(service.csv(run, "plan.csv").map(({ kakao_id = "", kind, action }) => [kakao_id, `${String(action)} ${String(kind)}`]));
}

const calls = (service: Service, path: string, withDetails?: boolean) =>
  service.simulator.requests.find({ path }).filter(({ parameters }) => withDetails === undefined || ("property_keys" in parameters) === withDetails);

/** Ids that were asked for, in order. */
function askedFor(service: Service, withDetails: boolean): readonly string[] {
  return calls(service, details, withDetails).flatMap(({ parameters }) => [...(parameters["target_ids"] ?? "").matchAll(/\d+/g)].map(([id]) => id)).sort((left, right) => (BigInt(left) < BigInt(right) ? -1 : 1));
}

/** One of nearly everything. */
const street: ServiceSetup = {
  members: [
    { id: 1, link: "101" },
    { id: 2, link: "102", status: "dormant" },
    { id: 3, link: "103", status: "left" },
    { id: 4, phone: "01044440004" },
    { id: 5, link: "999" },
    { id: 6, link: "998", status: "left" },
    { id: 7, phone: "010-3300-0033", email: "seven@example.com" },
  ],
  users: {
    "101": { phone: "010-1111-2222" },
    "102": {},
    "103": { phone: "010-3333-1234" },
    "104": { phone: "010-4444-0004" },
    "105": { phone: "010-5555-1234" },
    "106": {},
    "107": { phone: "010-7777-1234", young: true },
    "108": { phone: "010-8888-1234" },
    "109": { ci: ci("nine") },
  },
};

describe("a plan", () => {
  test("says of every Kakao user which kind it is, as one JSON object that adds up", async () => {
    const service = await openShop(street);
    const { code, json, id } = await service.json("unlink-orphans");
    expect(code).toBe(0);
    expect(json).toMatchObject({
      command: "unlink-orphans", run: id, mode: "plan", kakaoUsers: 9, members: 7, gone: 2, heldTwice: 0,
      counts: {
        unlink: { incomplete: 3, withdrawn: 1, keyless: 0 },
        keep: { linked: 1, notLive: 1, dangling: 0, elsewhere: 0, excluded: 0, pending: 0, mappable: 1, young: 1, unread: 0, preregistered: 0, keyless: 1, deselected: 0 },
      },
      files: { plan: `.kakao-sync/runs/${id}/plan.csv`, gone: `.kakao-sync/runs/${id}/gone.csv` },
    });
    const { unlink, keep } = json["counts"] as Record<"unlink" | "keep", Record<string, number>>;
    expect([...Object.values(unlink), ...Object.values(keep)].reduce((sum, count) => sum + count, 0)).toBe(9);
  });

  test("writes both lists: numeric order, LF, no mark, who is linked left out", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-21T03:00:00Z") });
    const service = await openShop({ ...street, users: { ...street.users, "9007199254740993": { phone: "010-9000-1234" }, "20": { phone: "010-2020-1234" } } });
    const { id } = await service.json("unlink-orphans");
    expect(service.file(id, "plan.csv").split("\n")).toEqual([
      "kakao_id,member_id,kind,action,linked_at",
      "20,,incomplete,unlink,2025-03-01T00:00:00Z",
      "103,3,withdrawn,unlink,2025-03-01T00:00:00Z",
      "104,,mappable,keep,2025-03-01T00:00:00Z",
      "105,,incomplete,unlink,2025-03-01T00:00:00Z",
      "106,,keyless,keep,2025-03-01T00:00:00Z",
      "107,,young,keep,2026-11-21T02:00:00Z",
      "108,,incomplete,unlink,2025-03-01T00:00:00Z",
      "109,,incomplete,unlink,2025-03-01T00:00:00Z",
      "9007199254740993,,incomplete,unlink,2025-03-01T00:00:00Z",
      "",
    ]);
    expect(service.file(id, "gone.csv")).toBe("place,member_id,state,kakao_id,other_login,gone_since\nmembers,5,live,999,no,\nmembers,6,withdrawn,998,no,\n");
  });

  test("asks basics only for those without a live or not-live member, details only for those of them who are old enough, and /v2/user/me for nobody", async () => {
    const service = await openShop(street);
    await service.json("unlink-orphans");
    expect(calls(service, listing)).toHaveLength(1);
    // The two that Kakao does not list are asked for, too: they might have been linked since.
    expect(askedFor(service, false)).toEqual(["103", "104", "105", "106", "107", "108", "109", "998", "999"]);
    expect(calls(service, details, false)).toHaveLength(2);
    expect(askedFor(service, true)).toEqual(["103", "104", "105", "106", "108", "109"]);
    expect(calls(service, details, true)).toHaveLength(1);
    expect(service.simulator.requests.total).toBe(4);
    expect(service.simulator.users.youngReads).toEqual([]);
    expect(new Set(service.simulator.requests.find().map(({ path }) => path))).toEqual(new Set([listing, details]));
  });

  test("asks only for keys that have a column, whatever mapping uses", async () => {
    const service = await openShop({ ...street, config: { members: { ci: undefined, name: undefined, birthdate: undefined }, matching: { keys: ["phone"] } } });
    const { id } = await service.json("unlink-orphans");
    expect(calls(service, details, true)[0]?.parameters["property_keys"]).toBe('["kakao_account.phone_number","kakao_account.email"]');
    // A CI alone is no key that anybody could be searched for.
    expect(kindsOf(service, id)).toMatchObject({ "109": "keep keyless" });
  });

  test("changes nothing, neither at Kakao nor in the database", async () => {
    const service = await openShop(street);
    const before = await service.rows("select * from members order by id");
    await service.json("unlink-orphans");
    expect(await service.rows("select * from members order by id")).toEqual(before);
    expect(service.simulator.users.count).toBe(9);
    expect(service.simulator.requests.find({ method: "POST" })).toEqual([]);
  });

  test("tells the forecast before the first call, and again before the candidates are read", async () => {
    const service = await openShop(street);
    const { err } = await service.run("unlink-orphans");
    expect(err).toContain("For every 10,000 Kakao users to list, then at most 600 calls for those without a member: 100 calls (100 listing), about 1 min, 0.00 % of the month's quota");
    expect(err).toContain("7 Kakao users without a member, 2 links that Kakao does not list, at most: 3 calls (2 basics, 1 details), under a minute");
  });

  test("is refused where limits.monthlyShare leaves no room, before anything is asked", async () => {
    const service = await openShop({ ...street, config: { limits: { monthlyShare: 0.00001 } } });
    expect(await service.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "monthly-share" } });
    expect(service.simulator.requests.total).toBe(0);
  });

  test("at a terminal: within 80 columns, examples with masked ids, what is lost, the next command", async () => {
    const service = await openShop(street);
    linkAgo(service, "2718281828", 900 * 24 * hourMs);
    const { code, out, err } = await service.runWith({ typed: "" }, "unlink-orphans");
    expect(code).toBe(0);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).toContain("27******28");
    expect(out).not.toContain("2718281828");
    expect(out).toContain("Unlinking cannot be undone: consents, agreed terms and tokens are lost.\nIds are fixed: who comes back has the same Kakao id, and agrees anew.");
    expect(err).toMatch(/To unlink 5 Kakao users:\s+kakao-sync unlink-orphans --apply --plan \d{8}-\d{6}-\w{4}/);
    expect(err).toMatch(/1 Kakao user shares a key with a member and may be that member. Map them first:\s+kakao-sync map-members/);
  });

  test("without a terminal shows no example, and with ids that are not fixed another consequence", async () => {
    const service = await openShop({ ...street, config: { kakao: { app: { fixedIds: false, autoLink: true } } } });
    const { out } = await service.run("unlink-orphans");
    expect(out).not.toContain("for example");
    expect(out).toContain("Ids are not fixed: who comes back has another Kakao id");
  });

  test("says what --apply will refuse, and exits 0", async () => {
    const service = await openShop(street);
    const { code, json } = await service.json("unlink-orphans");
    expect([code, json["refusals"]]).toEqual([0, [{ code: "brake-unlinks", message: "The plan unlinks 4 Kakao users; limits.unlink allows 0 in one run.", hint: "Look at plan.csv. If the number is right, name it: --allow-unlinks 4" }]]);
  });

  test("holds no CI, phone number, address or name anywhere: output, lists, run and workspace", async () => {
    const service = await openShop(street);
    const { id, out, err } = await service.json("unlink-orphans");
    const text = await service.run("unlink-orphans");
    const files = ["plan.csv", "gone.csv", "run.db"].map((name) => service.file(id, name));
    for (const value of [ci("nine"), "44440004", "4444-0004", "seven@example.com", "5555-1234"]) {
      for (const place of [out, err, text.out, text.err, ...files]) expect(place).not.toContain(value);
    }
  });
});

describe("the grace period", () => {
  test("24 hours and five minutes for clocks that differ: exactly that old is young, a second more is not; nobody younger has details read", async () => {
    freeze();
    const service = await openShop({});
    const day = 24 * hourMs;
    const ages = { "1": day, "2": day + 299_000, "3": day + 300_000, "4": day + 301_000, "5": day - 1000, "6": 3 * day };
    for (const [id, ms] of Object.entries(ages)) linkAgo(service, id, ms);
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep young", "2": "keep young", "3": "keep young", "4": "unlink incomplete", "5": "keep young", "6": "unlink incomplete" });
    expect(askedFor(service, true)).toEqual(["4", "6"]);
    expect(service.simulator.users.youngReads).toEqual([]);
  });

  test("--older-than: exactly that old is young, a second more is not", async () => {
    freeze();
    const service = await openShop({});
    for (const [id, ms] of [["1", 72 * hourMs], ["2", 72 * hourMs + 1000], ["3", 72 * hourMs - 1000]] as const) linkAgo(service, id, ms);
    const { id } = await service.json("unlink-orphans", "--older-than", "3d");
    expect(kindsOf(service, id)).toEqual({ "1": "keep young", "2": "unlink incomplete", "3": "keep young" });
    expect(askedFor(service, true)).toEqual(["2"]);
  });

  test("less than 24 hours is refused before anything is asked", async () => {
    const service = await openShop(street);
    expect(await service.json("unlink-orphans", "--older-than", "23h")).toMatchObject({ code: 2, error: { code: "usage" } });
    expect(service.simulator.requests.total).toBe(0);
  });

  test("holds for withdrawn members, too; a date in the future is young", async () => {
    const service = await openShop({ members: [{ id: 1, link: "1", status: "left" }, { id: 2, link: "2", status: "left" }] });
    linkAgo(service, "1", hourMs);
    linkAgo(service, "2", -hourMs);
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep young", "2": "keep young" });
    expect(service.simulator.users.youngReads).toEqual([]);
  });
});

describe("kinds that keep", () => {
  test("unread: no link date, no answer to basics, no answer to details, linked anew between both", async () => {
    const service = await openShop({
      users: { "1": { phone: "010-1111-1234" }, "2": { phone: "010-2222-1234" }, "3": { phone: "010-3333-1234" }, "4": { phone: "010-4444-1234" }, "5": { phone: "010-5555-1234" } },
      simulator: {
        onRequest: ({ path, parameters }) => {
          if (path !== details || service === undefined) return;
          const { users } = service.simulator;
          if (!parameters.has("property_keys") && users.has("2")) users.unlink("2", "UNLINK_FROM_APPS");
          if (!parameters.has("property_keys") || !users.has("3")) return;
          users.unlink("3", "UNLINK_FROM_APPS");
          users.unlink("5", "UNLINK_FROM_APPS");
          users.relink("5");
        },
      },
    });
    service.simulator.users.replace("1", { kakao_account: { phone_number: "+82 10-1111-1234" } });
    const { id, json } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep unread", "2": "keep unread", "3": "keep unread", "4": "unlink incomplete", "5": "keep unread" });
    expect(json["kakaoUsers"]).toBe(5);
  });

  test("preregistered, where linking is not automatic", async () => {
    const service = await openShop({ users: { "2": { phone: "010-2222-1234" } }, config: { kakao: { app: { fixedIds: true, autoLink: false } } } });
    service.simulator.users.load([{ id: "1", connected_at: "2025-01-01T00:00:00Z", has_signed_up: false, kakao_account: {} }]);
    service.simulator.users.change("2", { has_signed_up: true });
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep preregistered", "2": "unlink incomplete" });
  });

  test.each([
    ["a phone number in another form", { phone: "010 5555 1234" }, "keep mappable"],
    ["an address that Kakao has not verified", { email: "Someone@Example.com" }, "keep mappable"],
    ["another phone number", { phone: "010 5555 1235" }, "unlink incomplete"],
    ["a dormant member", { phone: "01055551234", status: "dormant" as const }, "keep mappable"],
    ["a withdrawn member", { phone: "01055551234", status: "left" as const }, "unlink incomplete"],
    ["a linked member of another id", { phone: "01055551234", link: "777" }, "keep mappable"],
  ])("mappable: %s", async (_, values, kind) => {
    const service = await openShop({ members: [{ id: 1, ...values }], users: { "1": { phone: "010-5555-1234" } } });
    service.simulator.users.change("1", { kakao_account: { email: "someone@example.com", is_email_valid: true, is_email_verified: false, email_needs_agreement: false } });
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": kind });
  });

  test("whom only a withdrawn member holds is kept while another member shares a key", async () => {
    const service = await openShop({ members: [{ id: 1, link: "1", status: "left", phone: "01055551234" }, { id: 2, phone: "01055551234" }], users: { "1": { phone: "010-5555-1234" } } });
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep mappable" });
    expect(service.csv(id, "plan.csv")[0]).toMatchObject({ member_id: "1" });
  });

  test("the strongest holder decides; several are held twice", async () => {
    const service = await openShop({
      schema: [],
      members: [{ id: 1, link: "1", status: "left" }, { id: 2, link: "1" }, { id: 3, link: "2", status: "left" }, { id: 4, link: "2", status: "dormant" }, { id: 5, link: "3", status: "left" }, { id: 12, link: "3", status: "left" }, { id: 7, link: "9", status: "left" }, { id: 8, link: "9", status: "left" }],
      users: { "1": {}, "2": {}, "3": { phone: "010-3333-1234" } },
    });
    const { id, json } = await service.json("unlink-orphans");
    expect(json).toMatchObject({ heldTwice: 4, gone: 2, counts: { unlink: { withdrawn: 1 }, keep: { linked: 1, notLive: 1 } } });
    expect(service.csv(id, "plan.csv")).toMatchObject([{ kakao_id: "3", member_id: "5", kind: "withdrawn" }]);
  });

  test("elsewhere, excluded and pending, in this order; an ordinary member comes first", async () => {
    const config: ConfigChanges = { members: { pending: [{ table: "signup_pending", kakaoId: "kakao_id" }] } };
    const service = await openShop({ ...street, config });
    await service.change("create table signup_pending (kakao_id bigint); insert into signup_pending values (105), (108), (101), (null); create table brand (id integer primary key, kakao_id bigint); insert into brand values (1, 105), (2, 109), (3, 101), (4, 555)");
    service.configure({ ...app, ...config, alsoLinkedIn: [{ name: "brand2", url: databaseOf(service), link: { table: "brand", memberId: "id", kakaoId: "kakao_id" } }] });
    service.write("stay.txt", "\n108\r\n 109 \n107\n101\n424242\n");
    const { id, json, err } = await service.json("unlink-orphans", "--exclude", "stay.txt");
    expect(kindsOf(service, id)).toMatchObject({ "105": "keep elsewhere", "109": "keep elsewhere", "108": "keep excluded", "107": "keep excluded" });
    expect(json).toMatchObject({ excluded: 5, excludedUnknown: 1, counts: { keep: { linked: 1, elsewhere: 2, excluded: 2, pending: 0 } } });
    expect(err).toContain("1 id of --exclude is not linked at Kakao.");
    const without = await service.json("unlink-orphans");
    expect(kindsOf(service, without.id)).toMatchObject({ "108": "keep pending" });
    // Whom something keeps is not asked about at all.
    service.simulator.requests.clear();
    await service.json("unlink-orphans", "--exclude", "stay.txt");
    expect(askedFor(service, false)).toEqual(["103", "104", "106", "998", "999"]);
  });

  test("an empty place refuses the plan before Kakao is asked about anybody (U8)", async () => {
    const service = await openShop(street);
    await service.change("create table brand (id integer primary key, kakao_id bigint)");
    service.configure({ ...app, alsoLinkedIn: [{ name: "brand2", url: databaseOf(service), link: { table: "brand", memberId: "id", kakaoId: "kakao_id" } }] });
    expect(await service.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-empty" } });
    expect(calls(service, details)).toEqual([]);
  });

  test("a malformed link is counted and never in a list", async () => {
    const service = await openShop({ schema: [], users: { "1": {} } });
    await service.change("create table other (id integer primary key, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status varchar(20), kakao_id varchar(40)); insert into other (id, status, kakao_id) values (1, 'active', '010-1234-9999'), (2, 'active', '0'), (3, 'active', ''), (4, 'active', '1')");
    service.configure({ ...app, members: { table: "other" } });
    const { id, json } = await service.json("unlink-orphans");
    expect(json).toMatchObject({ malformedLinks: 1, links: 1, gone: 0, counts: { keep: { linked: 1 } } });
    expect(service.file(id, "gone.csv")).not.toContain("9999");
  });
});

describe("a link table", () => {
  const config: ConfigChanges = {
    link: { column: undefined, table: "social", memberId: "member_id", kakaoId: "uid", fixed: { provider: "kakao" } },
    members: { otherLogin: "name is not null" },
  };

  test("several links of a member, dangling rows, other providers; gone ones with their state", async () => {
    const service = await openShop({
      members: [{ id: 1, name: "김하나" }, { id: 2, status: "left" }, { id: 3, status: "dormant" }],
      users: { "101": {}, "102": { phone: "010-1020-1234" }, "103": {}, "104": {}, "105": { phone: "010-1050-1234" } },
      config,
    });
    await service.change("create table social (id integer primary key, member_id integer, provider varchar(10), uid bigint); insert into social values (1, 1, 'kakao', 101), (2, 1, 'kakao', 901), (3, 2, 'kakao', 102), (4, 3, 'kakao', 103), (5, 77, 'kakao', 104), (6, 78, 'kakao', 902), (7, 1, 'naver', 105), (8, 2, 'kakao', 903)");
    const { id, json } = await service.json("unlink-orphans");
    expect(json).toMatchObject({ links: 7, danglingLinks: 2, gone: 3, goneBy: { live: 1, notLive: 0, withdrawn: 1, dangling: 1 }, clearable: 0, counts: { keep: { linked: 1, notLive: 1, dangling: 1 }, unlink: { withdrawn: 1, incomplete: 1 } } });
    expect(service.csv(id, "plan.csv").map((row) => Object.values(row).slice(0, 4).join(" "))).toEqual(["102 2 withdrawn unlink", "104 77 dangling keep", "105  incomplete unlink"]);
    expect(service.csv(id, "gone.csv").map((row) => Object.values(row).slice(0, 5).join(" "))).toEqual(["members 1 live 901 yes", "members 2 withdrawn 903 no", "social 78 dangling 902 "]);
  });
});

describe("choosing", () => {
  const people: ServiceSetup = {
    members: [{ id: 1, link: "3", status: "left" }],
    users: { "1": { phone: "010-1111-1234" }, "2": {}, "3": { phone: "010-3333-1234" }, "4": { phone: "010-4444-1234" }, "10": { phone: "010-1010-1234" } },
  };

  test.each([
    [[], { unlink: { incomplete: 3, withdrawn: 1, keyless: 0 }, keep: { keyless: 1, deselected: 0 } }],
    [["--kinds", "incomplete"], { unlink: { incomplete: 3, withdrawn: 0, keyless: 0 }, keep: { keyless: 1, deselected: 1 } }],
    [["--kinds", "withdrawn"], { unlink: { incomplete: 0, withdrawn: 1, keyless: 0 }, keep: { keyless: 1, deselected: 3 } }],
    [["--kinds", "keyless"], { unlink: { incomplete: 0, withdrawn: 0, keyless: 1 }, keep: { keyless: 0, deselected: 4 } }],
    [["--kinds", "withdrawn,keyless"], { unlink: { incomplete: 0, withdrawn: 1, keyless: 1 }, keep: { keyless: 0, deselected: 3 } }],
    [["--limit", "2"], { unlink: { incomplete: 1, withdrawn: 1, keyless: 0 }, keep: { keyless: 1, deselected: 2 } }],
    [["--limit", "0"], { unlink: { incomplete: 0, withdrawn: 0, keyless: 0 }, keep: { keyless: 1, deselected: 4 } }],
  ])("%j", async (flags, counts) => {
    const service = await openShop(people);
    expect((await service.json("unlink-orphans", ...flags)).json["counts"]).toMatchObject(counts);
  });

  test("--limit takes the lowest ids, in numeric order", async () => {
    const service = await openShop(people);
    const { id } = await service.json("unlink-orphans", "--limit", "3");
    expect(kindsOf(service, id)).toMatchObject({ "1": "unlink incomplete", "3": "unlink withdrawn", "4": "unlink incomplete", "10": "keep deselected" });
  });

  test.each([
    [["--kinds", "all"], "usage"],
    [["--kinds", ""], "usage"],
    [["--limit", "-1"], "usage"],
    [["--accept-place", "=3"], "usage"],
    [["--even-fixed"], "usage"],
    [["--plan", "20261121-120000-aaaa"], "usage"],
    [["--check", "--apply", "--yes", "--operator", "x"], "usage"],
    [["--exclude", "nobody.txt"], "file-missing"],
  ])("%j: exit 2, %s", async (flags, code) => {
    const service = await openShop(people);
    expect(await service.json("unlink-orphans", ...flags)).toMatchObject({ code: 2, error: { code } });
  });

  test.each([
    ["a list", "1\n2\n3a\n", "id-malformed", "line 3"],
    ["a rounded id", "1\n1.23E+18\n", "id-malformed", "line 2"],
    ["a zero", "0\n", "id-malformed", "line 1"],
    ["too large", "9223372036854775808\n", "id-malformed", "line 1"],
    ["a csv file", "name,kakao_id\nKim,1\nLee,abc\n", "id-malformed", "line 3"],
    ["a csv file without the column", "name,id\nKim,1\n", "csv-column-missing", "kakao_id"],
  ])("--exclude with %s that is none: exit 2 and the line; what stands there is not repeated", async (_, text, code, where) => {
    const service = await openShop(people);
    service.write("stay.csv", text);
    const ran = await service.json("unlink-orphans", "--exclude", "stay.csv");
    expect(ran).toMatchObject({ code: 2, error: { code } });
    expect(ran.error.message).toContain(where);
    expect(ran.out + ran.err).not.toMatch(/Lee|abc|E\+18/);
    expect(await service.json("runs")).toMatchObject({ json: { runs: [] } });
  });

  test("--exclude with a csv file, with a mark, quotes and more columns", async () => {
    const service = await openShop(people);
    service.write("stay.csv", '\uFEFFname,kakao_id\r\n"Kim, Mina","1"\r\nLee,4\r\n');
    expect((await service.json("unlink-orphans", "--exclude", "stay.csv")).json).toMatchObject({ excluded: 2, counts: { unlink: { incomplete: 1 }, keep: { excluded: 2 } } });
  });

  test("kakao.app must say what the console says", async () => {
    const service = await openService({ ...people, config: { kakao: { app: { autoLink: true } } } });
    const ran = await service.json("unlink-orphans");
    expect(ran).toMatchObject({ code: 2, error: { code: "app-settings-missing" } });
    expect(ran.error.message).toContain("kakao.app.fixedIds");
    expect(service.simulator.requests.total).toBe(0);
  });
});

describe("--check", () => {
  test("exits 1 where somebody is to be unlinked, 0 where nobody is", async () => {
    const service = await openShop({ members: [{ id: 1, link: "1" }], users: { "1": {}, "2": { phone: "010-2222-1234" } } });
    expect((await service.json("unlink-orphans", "--check")).code).toBe(1);
    service.simulator.users.unlink("2", "UNLINK_FROM_APPS");
    expect((await service.json("unlink-orphans", "--check")).code).toBe(0);
  });

  test.each([
    [true, ["--clear-gone"], 0],
    [true, ["--clear-gone", "--even-fixed"], 1],
    [false, ["--clear-gone"], 1],
    [false, [], 0],
  ])("with gone links: fixed ids %s, %j exits %i", async (fixedIds, flags, code) => {
    const service = await openShop({ members: [{ id: 1, link: "1" }, { id: 2, link: "2" }], users: { "1": {} }, config: { kakao: { app: { fixedIds, autoLink: true } }, members: { otherLogin: "id = 2" } } });
    expect((await service.json("unlink-orphans", "--check", ...flags)).code).toBe(code);
  });
});

describe("the listing", () => {
  test("--max-age: a snapshot that is younger serves, an older one does not", async () => {
    const service = await openShop(street);
    await service.run("pull");
    service.simulator.requests.clear();
    const { json, id } = await service.json("unlink-orphans", "--max-age", "24h");
    expect(calls(service, listing)).toEqual([]);
    expect(json["counts"]).toMatchObject({ unlink: { incomplete: 3, withdrawn: 1 }, keep: { mappable: 1, young: 1, keyless: 1 } });
    expect((await service.json("runs", "show", id)).json).toMatchObject({ of: "unlink-orphans" });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * hourMs });
    await service.json("unlink-orphans", "--max-age", "24h");
    expect(calls(service, listing)).toHaveLength(1);
  });

  test("without --max-age Kakao is asked, and a young snapshot is pointed out", async () => {
    const service = await openShop(street);
    await service.run("pull");
    service.simulator.requests.clear();
    const { err } = await service.run("unlink-orphans");
    expect(calls(service, listing)).toHaveLength(1);
    expect(err).toContain("with --max-age 24h it serves as the listing");
  });

  test("a link stored after the listing is not gone, and its user nobody's orphan", async () => {
    const service = await openShop(street);
    await service.run("pull");
    service.simulator.users.link({ kakao_account: {} }, "500");
    await service.addMember({ id: 50, link: "500" });
    const { json, id } = await service.json("unlink-orphans", "--max-age", "24h");
    expect(json).toMatchObject({ gone: 2, linkedSince: 1, kakaoUsers: 9 });
    expect(service.csv(id, "gone.csv").map(({ kakao_id }) => kakao_id)).toEqual(["999", "998"]);
  });

  test("that is the only link there is, too", async () => {
    const service = await openShop({ users: { "1": { phone: "010-1111-1234" } } });
    await service.run("pull");
    service.simulator.users.link({ kakao_account: {} }, "500");
    await service.addMember({ id: 50, link: "500" });
    expect((await service.json("unlink-orphans", "--max-age", "24h")).json).toMatchObject({ gone: 0, linkedSince: 1 });
  });

  test("the file stop ends the plan: exit 130, no run, and Kakao is not asked on", async () => {
    const service = await openShop(street);
    await service.json("unlink-orphans");
    service.simulator.requests.clear();
    service.write(".kakao-sync/stop", "");
    expect(await service.json("unlink-orphans")).toMatchObject({ code: 130, error: { code: "stopped" } });
    expect(service.simulator.requests.find()).toHaveLength(1);
    expect((await service.json("runs")).json["runs"]).toHaveLength(1);
  });

  test("gone.csv says since when, as far as snapshots know", async () => {
    const service = await openShop({ members: [{ id: 1, link: "1" }, { id: 2, link: "2" }, { id: 3, link: "3" }], users: { "1": {}, "2": {}, "3": {} } });
    await service.run("pull");
    service.simulator.users.unlink("2", "UNLINK_FROM_APPS");
    await service.run("pull");
    service.simulator.users.unlink("3", "UNLINK_FROM_APPS");
    const { id } = await service.json("unlink-orphans");
    const rows = readRows(service.file(id, "gone.csv"));
    expect(rows.map(({ member_id, gone_since }) => [member_id, (gone_since ?? "") === "" ? "" : "known"])).toEqual([["2", "known"], ["3", ""]]);
    expect(rows[0]?.["gone_since"]).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test("a snapshot that was cut short is not used", async () => {
    const service = await openShop(street);
    service.simulator.faults.add({ fault: -401, path: details });
    await service.run("pull");
    service.simulator.faults.clear();
    service.simulator.requests.clear();
    const { json } = await service.json("unlink-orphans", "--max-age", "24h");
    expect(calls(service, listing)).toHaveLength(1);
    expect(json["kakaoUsers"]).toBe(9);
  });
});

describe("decisions of people", () => {
  async function openDecided(): Promise<Service> {
    const service = await openShop({ members: [{ id: 3, phone: "01033330003" }, { id: 4, phone: "01033330004" }], users: { "13": { phone: "010-3333-0003" }, "14": { phone: "010-3333-0003" } } });
    const first = await service.json("map-members");
    const decided = service.file(first.id, "review.csv").split("\n").map((line) => (line.includes(",13,3,") ? line.replace(/,,$/, ",unmatched,kim") : line));
    service.write("decided.csv", decided.join("\n"));
    await service.json("map-members", "--decisions", "decided.csv");
    return service;
  }

  test("unmatched makes a mappable user incomplete", async () => {
    const service = await openDecided();
    const { id, json } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "13": "unlink incomplete", "14": "keep mappable" });
    expect(json["decided"]).toBe(1);
  });

  test("one that a newer mapping plan no longer obeys counts for nothing", async () => {
    const service = await openDecided();
    await service.change("update members set name = '김새이름' where id = 3");
    await service.json("map-members");
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "13": "keep mappable", "14": "keep mappable" });
  });

  test("one that no mapping plan of the last seven days obeyed counts for nothing", async () => {
    const service = await openDecided();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7 * 24 * hourMs + 60_000 });
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "13": "keep mappable", "14": "keep mappable" });
  });
});

describe("the plan as a run", () => {
  test("runs show and explain understand it", async () => {
    const service = await openShop(street);
    const { id } = await service.json("unlink-orphans");
    const shown = await service.run("runs", "show", id);
    expect(shown.out).toContain("4 (incomplete 3, withdrawn 1)");
    expect(shown.err).toContain(`kakao-sync unlink-orphans --apply --plan ${id}`);
    const explain = async (flag: string, value: string): Promise<string> => (await service.run("explain", flag, value)).out;
    expect(await explain("--kakao", "105")).toContain(`Kakao user 105 in plan ${id}: unlink, incomplete.`);
    expect(await explain("--kakao", "104")).toContain("keep, mappable.\n  A member shares a CI, phone number or e-mail address with this Kakao user.");
    expect(await explain("--kakao", "101")).toContain("held by member 1 (live)");
    expect(await explain("--kakao", "999")).toContain("gone, Kakao no longer has this link (U9).\n  Member 5 (live) holds it");
    expect(await explain("--member", "3")).toContain("Kakao user 103");
    expect(await explain("--member", "6")).toContain("Kakao id 998");
    expect(await explain("--member", "2")).toContain("Kakao user 102: held by member 2 (not live)");
    expect(await explain("--member", "4")).toContain("it holds no Kakao id");
    expect(await service.json("explain", "--kakao", "424")).toMatchObject({ code: 2, error: { code: "kakao-unknown" } });
    expect(await service.json("explain", "--member", "424")).toMatchObject({ code: 2, error: { code: "member-unknown" } });
  });

  test("explain takes the newest plan of either command, or the one that is named", async () => {
    const service = await openShop(street);
    const unlinking = await service.json("unlink-orphans");
    const mapping = await service.json("map-members");
    expect((await service.json("explain", "--kakao", "105")).json["run"]).toBe(mapping.id);
    expect((await service.json("explain", "--kakao", "105", "--run", unlinking.id)).json).toMatchObject({ run: unlinking.id, answers: [{ action: "unlink" }] });
  });

  test("expires after 72 hours, and a mapping plan leaves it alone", async () => {
    const service = await openShop(street);
    const first = await service.json("unlink-orphans");
    const second = await service.json("unlink-orphans");
    await service.json("map-members");
    const stateOf = async (run: string): Promise<unknown> => (await service.json("runs", "show", run)).json["state"];
    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(["superseded", "planned"]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 72 * hourMs + 1000 });
    expect(await service.json("unlink-orphans", "--apply", "--plan", second.id, "--yes", "--operator", "kim")).toMatchObject({ code: 3, error: { code: "plan-expired" } });
  });

  test("goes on the record, with the CIs that were received and are gone again", async () => {
    const service = await openShop(street);
    const { id } = await service.json("unlink-orphans");
    const { json } = await service.json("runs", "audit");
    expect((json["record"] as readonly unknown[]).at(-1)).toMatchObject({ entry: { event: "planned", run: id, counts: { planned: 4, members: 7, kakaoUsers: 9 }, ci: { received: 1, used: 1, destroyed: 1 } } });
  });

  test("that fails while details are read leaves no run, and the next one works", async () => {
    const service = await openShop(street);
    service.simulator.faults.add({ fault: -3, path: details, from: 3 });
    const ran = await service.json("unlink-orphans");
    expect(ran.code).toBe(4);
    expect(await service.json("runs")).toMatchObject({ json: { runs: [] } });
    service.simulator.faults.clear();
    expect((await service.json("unlink-orphans")).code).toBe(0);
  });
});

describe("whether the database is behind", () => {
  const dayMs = 24 * hourMs;

  /** 60 users of the last days of whom few are held, and 60 of the last months of whom nearly all are. */
  async function openBehind(heldRecent: number): Promise<Service> {
    const links = [...Array.from({ length: heldRecent }, (_, at) => 1001 + at), ...Array.from({ length: 54 }, (_, at) => 2001 + at)];
    const service = await openShop({ members: links.map((link, at) => ({ id: at + 1, link: String(link) })) });
    for (let at = 0; at < 60; at += 1) {
      linkAgo(service, String(1001 + at), 3 * dayMs);
      linkAgo(service, String(2001 + at), 30 * dayMs);
    }
    return service;
  }

  test("it is, where recent users are held less than half as often: dates of a sample of the held are asked for", async () => {
    const service = await openBehind(10);
    const { json, id } = await service.json("unlink-orphans");
    expect(json["refusals"]).toEqual(expect.arrayContaining([expect.objectContaining({ code: "brake-database-behind", message: "Of the Kakao users linked 1 to 7 days ago members hold 10 of 60, of those linked 8 to 90 days ago 54 of 60: the database is behind." })]));
    expect(calls(service, details, false)).toHaveLength(2);
    expect(await service.json("unlink-orphans", "--apply", "--plan", id, "--yes", "--operator", "kim", "--allow-unlinks", "56")).toMatchObject({ code: 3, error: { code: "brake-database-behind" } });
    expect(service.simulator.users.count).toBe(120);
  });

  test("a snapshot that serves as the listing knows the dates: nothing more is asked", async () => {
    const service = await openBehind(10);
    await service.run("pull");
    service.simulator.requests.clear();
    const { json } = await service.json("unlink-orphans", "--max-age", "1h");
    expect(json["refusals"]).toEqual(expect.arrayContaining([expect.objectContaining({ code: "brake-database-behind" })]));
    expect(calls(service, details, false)).toHaveLength(1);
  });

  test("it is not, where half are held; and with 25 recent ones of nobody no date is asked for", async () => {
    const half = await openBehind(30);
    expect(JSON.stringify((await half.json("unlink-orphans")).json)).not.toContain("brake-database-behind");
    expect(calls(half, details, false)).toHaveLength(2);
    const few = await openBehind(35);
    expect(JSON.stringify((await few.json("unlink-orphans")).json)).not.toContain("brake-database-behind");
    expect(calls(few, details, false)).toHaveLength(1);
  });
});

describe("what members share", () => {
  test("encrypted and digested columns are opened, also of keys that mapping does not use", async () => {
    const service = await openShop({
      members: [{ id: 1, phone: "ENC:01055551234" }, { id: 2 }],
      users: { "1": { phone: "010-5555-1234" }, "2": { phone: "010-6666-1234" } },
      config: { matching: { keys: ["ci"] }, members: { phone: { column: "phone", decrypt: [process.execPath, "filter.mjs"] } } },
    });
    service.write("filter.mjs", `
      import { createInterface } from "node:readline";
      for await (const line of createInterface({ input: process.stdin })) {
        const { id, value } = JSON.parse(line);
        console.log(JSON.stringify({ id, value: value.replace("ENC:", "") }));
      }`);
    const { id } = await service.json("unlink-orphans");
    expect(kindsOf(service, id)).toEqual({ "1": "keep mappable", "2": "unlink incomplete" });
  });

  test("a column whose values are no phone numbers is told, and --apply refuses", async () => {
    const members = Array.from({ length: 30 }, (_, at) => ({ id: at + 1, phone: `gAAAAABm${at}` }));
    const service = await openShop({ members: [{ id: 100, link: "2" }, ...members], users: { "1": { phone: "010-5555-1234" }, "2": {} } });
    const { json, id } = await service.json("unlink-orphans");
    expect(json["refusals"]).toEqual(expect.arrayContaining([expect.objectContaining({ code: "brake-keys-unreadable", message: "Of 30 stored phone numbers 30 cannot be read as such: members could not be searched for by them." })]));
    expect(await service.json("unlink-orphans", "--apply", "--plan", id, "--yes", "--operator", "kim", "--allow-unlinks", "1")).toMatchObject({ code: 3, error: { code: "brake-keys-unreadable" } });
  });
});

describe("brakes through the command line", () => {
  const apply = (service: Service, run: string, ...flags: readonly string[]) => service.json("unlink-orphans", "--apply", "--plan", run, "--yes", "--operator", "kim", ...flags);
  const codesOf = (json: Readonly<Record<string, unknown>>): readonly string[] => ((json["refusals"] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);
  /** Members 1 and on, linked to users 1001 and on. */
  const linked = (count: number): NonNullable<ServiceSetup["members"]> => Array.from({ length: count }, (_, at) => ({ id: at + 1, link: String(1001 + at) }));
  const usersOf = (count: number, from = 1001): NonNullable<ServiceSetup["users"]> => Object.fromEntries(Array.from({ length: count }, (_, at) => [String(from + at), { phone: `010-6600-${String(1000 + at)}` }]));
  const wide = { limits: { unlink: { share: 1, count: 1000 } } };

  test.each<[string, ServiceSetup, string]>([
    ["an empty database", { users: usersOf(3) }, "brake-no-members"],
    ["members without any link", { members: [{ id: 1 }], users: usersOf(3) }, "brake-no-links"],
    ["the key of another app", { members: linked(20), users: usersOf(30, 5001) }, "brake-other-app"],
  ])("%s: told with the plan, refused by --apply, with the exact number too", async (_, setup, code) => {
    const service = await openShop({ ...setup, config: wide });
    const { json, id } = await service.json("unlink-orphans");
    expect(codesOf(json)).toEqual([code]);
    const planned = (json["counts"] as { readonly unlink: { readonly incomplete: number } }).unlink.incomplete;
    expect(planned).toBeGreaterThan(0);
    expect(await apply(service, id, "--allow-unlinks", String(planned))).toMatchObject({ code: 3, error: { code } });
    expect(service.simulator.users.count).toBe(Object.keys(setup.users ?? {}).length);
  });

  test("with the key of another app, gone links are not asked for one by one", async () => {
    const service = await openShop({ members: linked(20), users: usersOf(3, 5001), config: wide });
    const { json } = await service.json("unlink-orphans");
    expect(json["gone"]).toBe(20);
    expect(askedFor(service, false)).toEqual(["5001", "5002", "5003"]);
  });

  test("tables and users that have shrunk since the last completed run are refused until their number is accepted, which is the new measure then", async () => {
    const service = await openShop({ members: linked(40), users: { ...usersOf(40), "9001": { phone: "010-9900-0001" } }, config: wide });
    const first = await service.json("unlink-orphans");
    expect(codesOf(first.json)).toEqual([]);
    expect(await apply(service, first.id)).toMatchObject({ code: 0, json: { applied: { done: 1 } } });
    await service.change("delete from members where id > 35");
    for (let at = 35; at < 40; at += 1) service.simulator.users.unlink(String(1001 + at), "UNLINK_FROM_APPS");
    const second = await service.json("unlink-orphans");
    expect(codesOf(second.json)).toEqual(["brake-members-shrunk", "brake-links-shrunk", "brake-kakao-users-shrunk"]);
    expect(await apply(service, second.id)).toMatchObject({ code: 3, error: { code: "brake-members-shrunk" } });
    expect(await apply(service, second.id, "--accept-members", "35", "--accept-links", "34", "--accept-kakao-users", "35")).toMatchObject({ code: 3, error: { code: "brake-links-shrunk" } });
    expect(await apply(service, second.id, "--accept-members", "35", "--accept-links", "35", "--accept-kakao-users", "35")).toMatchObject({ code: 0 });
    expect(codesOf((await service.json("unlink-orphans")).json)).toEqual([]);
  });
});
