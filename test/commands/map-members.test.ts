import { copyFileSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { type MemberValues, openService } from "../helpers/service.ts";
import { street } from "../helpers/street.ts";
import { storeEngine } from "../helpers/stores.ts";

const streetCounts = {
  linked: 2,
  elsewhere: 0,
  unread: 1,
  link: { ci: 1, phone: 1, email: 1, decision: 0 },
  relink: 1,
  review: { "shared-phone-members": 1, "shared-phone-kakao": 2, "member-not-live": 1, "held-by-withdrawn": 1, "contradicted-name": 1, "ci-differs": 1 },
  unmatched: 1,
};

/** Every number of `counts`, however deep. */
function sum(counts: unknown): number {
  if (typeof counts === "number") return counts;
  return Object.values(counts as Record<string, unknown>).reduce<number>((total, part) => total + sum(part), 0);
}

describe("the JSON result (section 11)", () => {
  test("a plan has the documented fields, and its counts add up to the Kakao users", async () => {
    const service = await openService(street);
    const { code, json, id } = await service.json("map-members");
    expect(code).toBe(0);
    expect(id).toMatch(/^\d{8}-\d{6}-[a-z0-9]{4}$/);
    expect(json).toMatchObject({
      command: "map-members",
      mode: "plan",
      members: 12,
      kakaoUsers: 15,
      counts: streetCounts,
      linkedEvidence: { agree: 1, unknown: 0, contradicted: 1 },
      memberOnly: 1,
      unusable: { members: { "ci-empty": 8, "email-empty": 12, "phone-empty": 5 }, kakao: { "ci-empty": 9, "email-empty": 13, "phone-empty": 5 } },
      files: Object.fromEntries(["plan", "review", "shared", "check", "claims", "unmatched"].map((name) => [name, `.kakao-sync/runs/${id}/${name}.csv`])),
    });
    expect(json).not.toHaveProperty("applied");
    expect(sum(json["counts"])).toBe(json["kakaoUsers"]);
  });

  test("an apply adds what was done and the list of linked members; the sum of evidence is the linked users", async () => {
    const service = await openService(street);
    const { code, json, id } = await service.apply();
    expect(code).toBe(0);
    expect(json).toMatchObject({ command: "map-members", mode: "apply", counts: streetCounts, applied: { done: 4, moved: 0, failed: 0 } });
    expect(json["files"]).toMatchObject({ linked: `.kakao-sync/runs/${id}/linked.csv` });
    expect(sum(json["linkedEvidence"])).toBe(2);
    expect(await service.links()).toMatchObject({ 1: "1001", 2: "1002", 3: "1003", 13: "1014", 4: "1004", 12: null, 14: null });
  });

  test("nothing but the object goes to stdout, whatever is said meanwhile; nothing is said twice", async () => {
    const service = await openService(street);
    const { out, err } = await service.json("map-members");
    expect(out.trimEnd().startsWith("{")).toBe(true);
    expect(out.endsWith("}\n")).toBe(true);
    expect(err).toContain("There is no snapshot yet");
    const quiet = await service.run("map-members", "--json", "--quiet");
    expect(quiet.err).toBe("");
  });

  test("unusable values are counted by key and reason", async () => {
    const service = await openService({
      members: [{ id: 1, ci: "x".repeat(88), phone: "010-1111-1111", email: "nobody" }, { id: 2, phone: "02-123-4567", email: "a@privaterelay.appleid.com" }],
      users: { "5": { ci: "short", phone: "010-1234-5678", email: "none@example.com" } },
    });
    const { json } = await service.json("map-members");
    expect(json["unusable"]).toMatchObject({
      members: { "ci-empty": 1, "ci-malformed": 1, "email-malformed": 1, "phone-placeholder": 1 },
      kakao: { "ci-malformed": 1, "phone-placeholder": 1, "email-placeholder": 1 },
    });
  });
});

describe("the files of a plan", () => {
  test("plan.csv lists whom the plan is about, in numeric order, without a time", async () => {
    const service = await openService(street);
    const text = service.file((await service.json("map-members")).id, "plan.csv");
    expect(text.startsWith("kakao_id,member_id,action,by,reason,group,evidence,note\n")).toBe(true);
    expect(text).not.toContain("\r");
    expect(text.split("\n").slice(1, -1)).toEqual([
      "1001,1,link,ci,,,ci=agree phone=unknown email=unknown name=agree birthdate=agree,",
      "1002,2,link,phone,,,ci=unknown phone=agree email=unknown name=agree birthdate=unknown,",
      "1003,3,link,email,,,ci=unknown phone=unknown email=agree name=unknown birthdate=agree,",
      "1006,,review,phone,shared-phone-members,phone-1,,",
      "1008,8,review,ci,member-not-live,,ci=agree phone=unknown email=unknown name=unknown birthdate=unknown,",
      "1009,9,review,,held-by-withdrawn,,ci=unknown phone=unknown email=unknown name=unknown birthdate=unknown,",
      "1010,10,review,phone,contradicted-name,,ci=unknown phone=agree email=unknown name=differ birthdate=unknown,",
      "1011,,unmatched,,,,,",
      "1013,,review,,ci-differs,,,",
      "1014,13,relink,ci,,,ci=agree phone=unknown email=unknown name=unknown birthdate=unknown,",
      "1015,,review,phone,shared-phone-kakao,phone-2,,",
      "9007199254740993,,review,phone,shared-phone-kakao,phone-2,,",
    ]);
  });

  test("--all-rows adds linked and unread users, a row for each Kakao user", async () => {
    const service = await openService(street);
    const { id } = await service.json("map-members", "--all-rows");
    const rows = service.csv(id, "plan.csv");
    expect(rows).toHaveLength(15);
    expect(rows.filter(({ action }) => action === "linked").map(({ kakao_id }) => kakao_id)).toEqual(["1004", "1005"]);
    expect(rows.filter(({ action }) => action === "unread").map(({ kakao_id }) => kakao_id)).toEqual(["1012"]);
  });

  test("review.csv is for people: a BOM, a row a candidate, masked values, nothing in clear", async () => {
    const service = await openService(street);
    const run = (await service.json("map-members")).id;
    const text = service.file(run, "review.csv");
    expect(text.startsWith("\uFEFFrow,kakao_id,member_id,reason,group,evidence,")).toBe(true);
    expect(text.split("\n")[0]?.endsWith(",decision,decided_by")).toBe(true);
    const rows = service.csv(run, "review.csv");
    expect(rows.map(({ kakao_id, member_id }) => `${kakao_id}-${member_id}`)).toEqual(["1006-6", "1006-7", "1008-8", "1009-9", "1010-10", "1013-11", "1015-14", "9007199254740993-14"]);
    expect(rows[4]).toMatchObject({ kakao_phone: "010-****-1010", member_phone: "010-****-1010", kakao_name: "오*", member_name: "정*", decision: "", decided_by: "" });
    expect(new Set(rows.map(({ row }) => row)).size).toBe(rows.length);
  });

  test("no file of a plan holds a phone number, an address, a name or a CI in clear", async () => {
    const service = await openService(street);
    const run = (await service.apply()).id;
    const all = ["plan", "review", "shared", "check", "claims", "unmatched", "linked"].map((name) => service.file(run, `${name}.csv`)).join("");
    for (const secret of ["김하나", "정열", "남궁민수", "01066660006", "6666-0006", "example.com", ci("one"), ci("eleven"), "19850505", "19900909"]) expect(all).not.toContain(secret);
  });

  test("shared.csv, check.csv, claims.csv, unmatched.csv and linked.csv", async () => {
    const service = await openService(street);
    const run = (await service.apply()).id;
    expect(service.file(run, "shared.csv")).toBe(
      "key,group,side,id,size\nphone,phone-1,kakao,1006,1\nphone,phone-1,member,6,2\nphone,phone-1,member,7,2\nphone,phone-2,kakao,1015,2\nphone,phone-2,kakao,9007199254740993,2\nphone,phone-2,member,14,1\n",
    );
    expect(service.csv(run, "check.csv")).toMatchObject([{ kakao_id: "1005", member_id: "5", reason: "contradicted", evidence: "ci=unknown phone=agree email=unknown name=differ birthdate=differ" }]);
    // Never a claim: another person's number, and an id that somebody holds.
    expect(service.csv(run, "claims.csv").map(({ kakao_id, member_id, reason }) => `${kakao_id} ${member_id} ${reason}`)).toEqual([
      "1006 6 shared-phone-members", "1006 7 shared-phone-members", "1008 8 member-not-live", "1010 10 contradicted-name", "1015 14 shared-phone-kakao", "9007199254740993 14 shared-phone-kakao",
    ]);
    expect(service.file(run, "unmatched.csv")).toBe("kakao_id\n1011\n");
    const linked = service.csv(run, "linked.csv");
    expect(linked.map(({ member_id, by }) => `${member_id} ${by}`)).toEqual(["1 ci", "2 phone", "3 email", "13 ci"]);
    for (const { linked_at } of linked) expect(linked_at).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
  });

  test("shared.csv names CI groups of members also where no Kakao user has the CI", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("twin") }, { id: 2, ci: ci("twin") }], users: { "5": { ci: ci("other") } } });
    const run = (await service.json("map-members")).id;
    expect(service.csv(run, "shared.csv").map(({ key, side, id, size }) => `${key} ${side} ${id} ${size}`)).toEqual(["ci member 1 2", "ci member 2 2"]);
  });

  test("the folder is for its owner alone", async () => {
    const service = await openService(street);
    const run = (await service.json("map-members")).id;
    expect(statSync(service.path(`.kakao-sync/runs/${run}`)).mode & 0o777).toBe(0o700);
    expect(statSync(service.path(`.kakao-sync/runs/${run}/review.csv`)).mode & 0o777).toBe(0o600);
  });
});

describe("what the plan says at the end", () => {
  test("counts, the files, and the exact command that carries it out; that command does", async () => {
    const service = await openService(street);
    const planned = await service.run("map-members");
    expect(planned.code).toBe(0);
    expect(planned.out).toMatch(/linked already +2 +1 contradicted: see check\.csv/);
    expect(planned.out).toMatch(/sum +15/);
    expect(planned.out).toMatch(/contradicted-name +1 +M8/);
    expect(planned.err).toContain("Nothing has been changed.");
    expect(await service.links()).toMatchObject({ 1: null, 2: null, 3: null });
    const command = /kakao-sync (map-members --apply --plan \S+)/.exec(planned.err)?.[1]?.split(" ") ?? [];
    const applied = await service.run(...command, "--yes", "--operator", "tester");
    expect(applied.code).toBe(0);
    expect(applied.out).toContain("4 links written and read back");
    expect(await service.links()).toMatchObject({ 1: "1001", 13: "1014" });
  });

  test("--check: 1 while there is something to link, 0 when there is not", async () => {
    const service = await openService(street);
    expect((await service.run("map-members", "--check")).code).toBe(1);
    await service.apply();
    const after = await service.run("map-members", "--check");
    expect(after.code).toBe(0);
    expect(after.err).toContain("There is nothing to link.");
  });

  test("a plan after an applied one has nothing to do, and finds the links it wrote", async () => {
    const service = await openService(street);
    await service.apply();
    const { json } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ linked: 6, link: { ci: 0, phone: 0, email: 0, decision: 0 }, relink: 0 });
    const again = await service.apply();
    expect(again.code).toBe(0);
    expect(again.json["applied"]).toMatchObject({ done: 0, moved: 0 });
  });
});

describe("at a terminal", () => {
  test("a few planned links are shown, masked; without one nothing of anybody is", async () => {
    const service = await openService(street);
    const { out, err } = await service.runWith({ typed: "" }, "map-members");
    expect(out).toContain("for example");
    const example = out.split("\n").find((line) => / link +phone /.test(line)) ?? "";
    expect(example).toMatch(/\*\*/);
    expect(example).toMatch(/010-\*\*\*\*-\d{4}/);
    const members: readonly MemberValues[] = street.members;
    for (const value of members.flatMap(({ phone, email, name }) => [phone, email, name])) if (value !== undefined) expect(out + err).not.toContain(value);
    expect((await service.run("map-members")).out).not.toContain("for example");
  });
});

describe("M10: the same input, the same plan", () => {
  test.skipIf(storeEngine !== "sqlite")("byte for byte over repeated plans and whatever the order of rows (SQLite: its table is turned round)", async () => {
    const service = await openService(street);
    const first = service.file((await service.json("map-members", "--all-rows")).id, "plan.csv");
    const again = service.file((await service.json("map-members", "--all-rows")).id, "plan.csv");
    expect(again).toBe(first);
    // The same rows in the opposite physical order, under an id that is no longer the order of the table.
    await service.change("create table turned (place integer primary key, id integer not null unique, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status text not null, kakao_id integer unique)");
    await service.change("insert into turned select null, id, ci, phone, email, name, birthdate, verified_at, last_login_at, status, kakao_id from members order by id desc; drop table members; alter table turned rename to members");
    const turned = await service.json("map-members", "--all-rows");
    expect(service.file(turned.id, "plan.csv")).toBe(first);
  });
});

describe("further tables and places", () => {
  test("a dormant member of members.also is found, and never linked by itself", async () => {
    const service = await openService({
      members: [{ id: 1, phone: "01011110001" }],
      users: { "5": { ci: ci("asleep") }, "6": { phone: "010-3333-0003" } },
      config: { members: { also: [{ table: "members_dormant", id: "id", ci: "ci", phone: "phone" }] } },
    });
    await service.change(`create table members_dormant (id integer primary key, ci text, phone text); insert into members_dormant values (101, '${ci("asleep")}', null), (102, null, '01033330003')`);
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ review: { "member-not-live": 2 }, unmatched: 0 });
    expect(service.csv(id, "plan.csv").map(({ kakao_id, member_id }) => `${kakao_id} ${member_id}`)).toEqual(["5 101", "6 102"]);
    expect(json["members"]).toBe(1);
  });

  test("an id that alsoLinkedIn has in use is elsewhere, and attached to nobody", async () => {
    const service = await openService({ ...street, config: { alsoLinkedIn: [{ name: "brand2", url: "sqlite:./brand2.db", link: { table: "customer", memberId: "id", kakaoId: "kakao_id" } }] } });
    const brand = new Database(service.path("brand2.db"));
    brand.exec("create table customer (id integer primary key, kakao_id text); insert into customer values (1, '1001'), (2, ''), (3, null), (4, '1011')");
    brand.close();
    const { json } = await service.apply();
    expect(json["counts"]).toMatchObject({ elsewhere: 2, link: { ci: 0, phone: 1, email: 1 }, unmatched: 0 });
    expect(sum(json["counts"])).toBe(15);
    expect((await service.links())[1]).toBeNull();
  });

  test("an id that a place spells with blanks or zeros is in use all the same", async () => {
    const service = await openService({ ...street, config: { alsoLinkedIn: [{ name: "brand2", url: "sqlite:./brand2.db", link: { table: "customer", memberId: "id", kakaoId: "kakao_id" } }] } });
    const brand = new Database(service.path("brand2.db"));
    brand.exec("create table customer (id integer primary key, kakao_id text); insert into customer (kakao_id) values (' 01001 '), ('brand:7')");
    brand.close();
    const { json } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ elsewhere: 1 });
  });

  test("a place that cannot be read ends the plan before anything is decided", async () => {
    const service = await openService({ ...street, config: { alsoLinkedIn: [{ name: "brand2", url: "sqlite:./missing.db", link: { table: "customer", memberId: "id", kakaoId: "kakao_id" } }] } });
    const { code, json } = await service.json("map-members");
    expect(code).toBe(2);
    expect(json["error"]).toMatchObject({ code: "linked-place" });
    expect((await service.json("runs")).json["runs"]).toEqual([]);
  });
});

describe("Kakao users from a file", () => {
  test("--from users.csv", async () => {
    const service = await openService({ members: street.members });
    service.write("users.csv", `id,phone_number,name,ci\n1002,+82 10-2222-0002,이둘,\n9223372036854775807,,,${ci("one")}\n`);
    const { code, json, id } = await service.json("map-members", "--from", "users.csv");
    expect(code).toBe(0);
    expect(json["counts"]).toMatchObject({ link: { ci: 1, phone: 1 } });
    expect(service.simulator.requests.total).toBe(0);
    expect(service.csv(id, "plan.csv").map(({ kakao_id }) => kakao_id)).toEqual(["1002", "9223372036854775807"]);
  });

  test("--from users.jsonl, in the shape of Kakao's answers; the ids need not be sorted", async () => {
    const service = await openService({ members: street.members });
    service.write("users.jsonl", `{"id":9007199254740993,"kakao_account":{"email":"three@example.com","is_email_valid":true,"is_email_verified":true,"birthyear":"1983","birthday":"0303","birthday_type":"SOLAR"}}\n{"id":1001,"kakao_account":{"ci":"${ci("one")}"}}\n`);
    const { id } = await service.json("map-members", "--from", "users.jsonl");
    expect(service.csv(id, "plan.csv").map(({ kakao_id, member_id, by }) => `${kakao_id} ${member_id} ${by}`)).toEqual(["1001 1 ci", "9007199254740993 3 email"]);
  });

  test("never a relink: a file is no completed listing (M6)", async () => {
    const service = await openService({ members: street.members });
    service.write("users.csv", `id,ci\n1014,${ci("thirteen")}\n`);
    const { json } = await service.json("map-members", "--from", "users.csv");
    expect(json["counts"]).toMatchObject({ relink: 0, review: { "member-linked-elsewhere": 1 } });
  });

  test.each([
    ["users.csv", "id,phone_number\n1002,x\nabc,y\n", "users-file-malformed", "line 3"],
    ["users.jsonl", `{"id":1}\n{"id":\n`, "jsonl-malformed", "line 2"],
    ["users.txt", "1\n", "users-file-kind", "users.txt"],
    ["users.csv", "number\n1\n", "csv-column-missing", "id"],
  ])("a wrong %s names the place", async (name, content, code, place) => {
    const service = await openService({ members: street.members });
    service.write(name, content);
    const { code: exit, error } = await service.json("map-members", "--from", name);
    expect(exit).toBe(2);
    expect(error.code).toBe(code);
    expect(error.message).toContain(place);
    expect(error.hint).not.toBe("");
  });

  test("a file that is not there", async () => {
    const service = await openService({ members: street.members });
    expect((await service.json("map-members", "--from", "nowhere.csv")).json["error"]).toMatchObject({ code: "file-missing" });
  });
});

describe("options of matching reach the rules", () => {
  test("alone links by phone without corroboration; review never does", async () => {
    const people = { members: [{ id: 1, phone: "01011110001" }], users: { "5": { phone: "010-1111-0001" } } } as const;
    const alone = await openService({ ...people, config: { matching: { phone: "alone" } } });
    expect((await alone.json("map-members")).json["counts"]).toMatchObject({ link: { phone: 1 } });
    const review = await openService({ ...people, config: { matching: { phone: "review" } } });
    expect((await review.json("map-members")).json["counts"]).toMatchObject({ review: { "phone-only": 1 } });
    const usual = await openService(people);
    expect((await usual.json("map-members")).json["counts"]).toMatchObject({ review: { "uncorroborated-phone": 1 } });
  });

  test("keys: only those named are read from Kakao and compared", async () => {
    const service = await openService({ ...street, config: { matching: { keys: ["ci"] } } });
    const { json } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ link: { ci: 1, phone: 0, email: 0 } });
    const asked = service.simulator.requests.find({ path: "/v2/app/users" }).map(({ parameters }) => parameters["property_keys"] ?? "").join("");
    expect(asked).toContain("kakao_account.ci");
    expect(asked).not.toContain("phone_number");
    expect(asked).not.toContain("email");
  });

  test("without a column of verification times the plan says that phone and e-mail will be reviews", async () => {
    const service = await openService({ ...street, config: { members: { phoneVerifiedAt: undefined, emailVerifiedAt: undefined } } });
    const { err, out } = await service.run("map-members");
    expect(err).toContain("Neither phoneVerifiedAt nor emailVerifiedAt is configured");
    expect(out).toContain("unverified-phone");
  });

  test("the configuration file can be named, and the workspace too", async () => {
    const service = await openService(street);
    copyFileSync(service.path("kakao-sync.config.yaml"), service.path("other.yaml"));
    const { code, json, id } = await service.json("map-members", "--config", "other.yaml", "--workspace", "elsewhere");
    expect(code).toBe(0);
    expect(json["files"]).toMatchObject({ plan: `elsewhere/runs/${id}/plan.csv` });
  });
});
