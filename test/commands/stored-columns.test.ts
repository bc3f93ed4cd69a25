import { createHash, createHmac, randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBirthdate, readMemberEmail, readPhone, renderStoredForm, type StoredDigest, type StoredForm } from "../../src/core/keys.ts";
import { LeakSearch, makeCanary } from "../helpers/canaries.ts";
import { encryptValue, readExampleFilter } from "../helpers/decrypt-filter.ts";
import { ci } from "../helpers/match.ts";
import { openService, type MemberValues, type PersonValues, type Service, type ServiceSetup } from "../helpers/service.ts";
import { storeEngine } from "../helpers/stores.ts";
import { street } from "../helpers/street.ts";

type Text = "ci" | "phone" | "email" | "name" | "birthdate";
type Change = (text: string) => string;

const hmacKey = "a key of the shop";
const appKey = randomBytes(32);
const decrypt = [process.execPath, "./decrypt.mjs"];

/** Digests as the shop's application makes them, with what Node has and nothing of ours. */
function digestAs(stored: StoredDigest, text: string): string {
  const [, name = "", encoding = "hex"] = /^(.*)-(hex|base64)$/.exec(stored) ?? [];
  const hash = name.startsWith("hmac-") ? createHmac("sha256", hmacKey) : createHash(name);
  return hash.update(text).digest(encoding as "hex" | "base64");
}

/** The shop brings a value into this form before it digests it; what is no such value it digests as it is. */
function formOf(key: Text, text: string, form: StoredForm): string {
  const read = key === "phone" ? readPhone(text, () => null) : key === "email" ? readMemberEmail(text, []) : text;
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(readBirthdate(text) ?? "") ?? [];
  if (key === "birthdate") return form === "digits" ? `${year}${month}${day}` : form === "hyphens" ? `${year}-${month}-${day}` : `${year}/${month}/${day}`;
  return (typeof read === "string" ? renderStoredForm(key, read, form) : null) ?? text;
}

function storeAs(key: Text, stored: StoredDigest, of: StoredForm): Change {
  return (text) => digestAs(stored, formOf(key, text, of));
}

/** The members with these values changed, where they have any. */
function changeMembers(members: readonly MemberValues[], changes: Partial<Record<Text, Change>>): readonly MemberValues[] {
  return members.map((member) => ({
    ...member,
    ...Object.fromEntries(Object.entries(changes).flatMap(([key, change]) => (member[key as Text] === undefined ? [] : [[key, change(member[key as Text] ?? "")]]))),
  }));
}

function storedColumns(columns: Partial<Record<Text, readonly [StoredDigest, StoredForm]>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([key, [stored, of]]) => [key, { column: key, stored, of, ...(stored.startsWith("hmac") ? { keyFile: "./hmac.key" } : {}) }]),
  );
}

/** A service with the key of its HMAC, its decrypt program and that one's key beside the configuration. */
async function openShop(setup: ServiceSetup): Promise<Service> {
  const service = await openService(setup);
  service.write("hmac.key", `${hmacKey}\n`);
  chmodSync(service.path("hmac.key"), 0o600);
  service.write("app.key", appKey.toString("base64"));
  service.write("decrypt.mjs", readExampleFilter());
  return service;
}

/** A member who is linked by phone: the least that can go right. */
const oneByPhone = {
  members: [{ id: 1, phone: "010-3333-1234", name: "김하나" }],
  users: { "1001": { phone: "010-3333-1234", name: "김하나" } },
} as const satisfies ServiceSetup;

const encrypted = (...keys: readonly Text[]): Record<string, unknown> => Object.fromEntries(keys.map((key) => [key, { column: key, decrypt }]));
const encrypt: Change = (text) => encryptValue(appKey, text);

async function planStreet(changes: Partial<Record<Text, Change>>, members: Record<string, unknown>): Promise<{ readonly service: Service; readonly plan: string; readonly id: string; readonly json: Readonly<Record<string, unknown>> }> {
  const service = await openShop({ ...street, members: changeMembers(street.members, changes), config: { members } });
  const planned = await service.json("map-members");
  expect(planned.error).toEqual({ code: "", message: "", hint: "" });
  return { service, id: planned.id, plan: service.file(planned.id, "plan.csv"), json: planned.json };
}

let plainly: Promise<{ readonly plan: string; readonly unusable: unknown }> | undefined;

/** The plan of the street as it is, made once. */
function planPlainly(): Promise<{ readonly plan: string; readonly unusable: unknown }> {
  return (plainly ??= planStreet({}, {}).then(({ plan, json }) => ({ plan, unusable: json["unusable"] })));
}

describe("the same plan as from plain columns", () => {
  const forms: readonly (readonly [StoredDigest, StoredForm, StoredForm, StoredForm])[] = [
    ["sha256-hex", "digits", "lower", "digits"],
    ["sha256-base64", "hyphens", "as-is", "hyphens"],
    ["sha512-hex", "e164", "lower", "as-is"],
    ["sha512-base64", "as-is", "lower", "digits"],
    ["hmac-sha256-hex", "digits", "lower", "digits"],
    ["hmac-sha256-base64", "e164", "as-is", "hyphens"],
  ];

  test.each(forms)("from digests: %s of phones in %s, addresses in %s, birth dates in %s", async (stored, phone, email, birthdate) => {
    const columns = { ci: [stored, "as-is"], phone: [stored, phone], email: [stored, email], name: [stored, "as-is"], birthdate: [stored, birthdate] } as const;
    const changes = Object.fromEntries(Object.entries(columns).map(([key, [kind, of]]) => [key, storeAs(key as Text, kind, of)]));
    const plain = await planPlainly();
    const { service, plan, id, json } = await planStreet(changes, storedColumns(columns));
    expect(plan).toBe(plain.plan);
    expect(json["unusable"]).toEqual(plain.unusable);
    for (const row of service.csv(id, "review.csv")) expect([row["member_phone"], row["member_email"], row["member_name"]].filter((shown) => shown !== "" && shown !== "(digest)")).toEqual([]);
    expect(service.csv(id, "review.csv").some((row) => row["member_phone"] === "(digest)")).toBe(true);
  });

  test("from encrypted columns, and the list shows masked values", async () => {
    const plain = await planStreet({}, {});
    const { service, plan, id } = await planStreet({ ci: encrypt, phone: encrypt, email: encrypt, name: encrypt, birthdate: encrypt }, encrypted("ci", "phone", "email", "name", "birthdate"));
    expect(plan).toBe(plain.plan);
    const withoutCode = (list: Service, run: string): unknown => list.csv(run, "review.csv").map((row) => ({ ...row, row: "" }));
    expect(withoutCode(service, id)).toEqual(withoutCode(plain.service, plain.id));
  });

  test("from digests in upper case with a mark in front, and in base64 for URLs without padding", async () => {
    const plain = await planPlainly();
    const columns = { ci: ["sha256-base64", "as-is"], phone: ["sha256-hex", "digits"] } as const;
    const written: Partial<Record<Text, Change>> = {
      ci: (text) => ` ${createHash("sha256").update(text).digest("base64url")}`,
      phone: (text) => `\\x${storeAs("phone", "sha256-hex", "digits")(text).toUpperCase()}`,
    };
    expect((await planStreet(written, storedColumns(columns))).plan).toBe(plain.plan);
  });

  test("from columns of bytes", async () => {
    const service = await openShop(oneByPhone);
    const type = { sqlite: "blob", postgres: "bytea", mysql: "varbinary(200)" }[storeEngine];
    const literal = (hex: string): string => (storeEngine === "postgres" ? `'\\x${hex}'` : `x'${hex}'`);
    for (const name of ["phone_hash", "name_bytes"]) await service.change(`alter table members add column ${name} ${type}`);
    await service.change(`update members set phone_hash = ${literal(digestAs("sha256-hex", "01033331234"))}, name_bytes = ${literal(Buffer.from("김하나").toString("hex"))}`);
    service.write("bytes.mjs", readExampleFilter().replace(/^function decrypt[^]*/m, "").replace('decrypt(Buffer.from(value, "base64"))', '{ value: Buffer.from(/^\\\\x([0-9a-f]+)$/.exec(value)[1], "hex").toString() }'));
    service.configure({ members: { phone: { column: "phone_hash", stored: "sha256-hex", of: "digits" }, name: { column: "name_bytes", decrypt: [process.execPath, "./bytes.mjs"] } } });
    const { json } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ link: { phone: 1 } });
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 1 });
  });

  test.skipIf(storeEngine === "sqlite")("from an expression that the database decrypts with a key of the session, in the condition, too", async () => {
    const service = await openShop({ ...oneByPhone, members: [...oneByPhone.members, { id: 2, phone: "010-3333-1234", name: "김하나" }] });
    const sessionKey = "a key of the session";
    const [encryptSql, decryptSql, session] =
      storeEngine === "postgres"
        ? [(value: string) => `encode(pgp_sym_encrypt(${value}, '${sessionKey}'), 'base64')`, (column: string) => `pgp_sym_decrypt(decode(${column}, 'base64'), current_setting('app.key'))`, "app.key"]
        : [(value: string) => `to_base64(aes_encrypt(${value}, '${sessionKey}'))`, (column: string) => `aes_decrypt(from_base64(${column}), @app_key)`, "@app_key"];
    if (storeEngine === "postgres") await service.change("create extension pgcrypto");
    await service.change(`update members set phone = ${encryptSql("phone")}, status = ${encryptSql("case when id = 1 then 'active' else 'sleeping' end")}`);
    service.write(".env", `APP_KEY="${sessionKey}"\n`);
    const condition = (word: string): string => `${decryptSql("status")} = '${word}'`;
    service.configure({ database: { session: { [session]: "${APP_KEY}" } }, members: { phone: { sql: decryptSql("phone") }, where: condition("active"), withdrawn: condition("sleeping") } });
    const planned = await service.json("map-members");
    expect(planned.error).toEqual({ code: "", message: "", hint: "" });
    expect(planned.json["counts"]).toMatchObject({ link: { phone: 1 } });
    expect((await service.json("map-members", "--apply", "--plan", planned.id, "--yes", "--operator", "tester")).json["applied"]).toMatchObject({ done: 1 });
    expect(await service.links()).toEqual({ 1: "1001", 2: null });
  });

  test.skipIf(storeEngine !== "sqlite")("from a dump, whose statements hold neither values nor what the database keeps", async () => {
    const { name, ci: key, phone } = makeCanary(1);
    const service = await openShop({ users: { "1001": { ci: key, phone, name } } });
    const kept = { ci: digestAs("hmac-sha256-hex", key), phone: encrypt(phone), name: encrypt(name) };
    service.write("members.csv", `id,ci,phone,email,name,birthdate,verified_at,last_login_at,status,kakao_id\n1,${kept.ci},${kept.phone},,${kept.name},,,,active,\n`);
    service.configure({ database: { url: "csv:./members.csv" }, members: { ...storedColumns({ ci: ["hmac-sha256-hex", "as-is"] }), ...encrypted("phone", "name") } });
    const { json, id } = await service.json("map-members", "--sql-dialect", "postgres");
    expect(json["counts"]).toMatchObject({ link: { ci: 1 } });
    const sql = service.file(id, "apply.sql");
    expect(sql).toContain("1001");
    for (const value of [key, phone, name, ...Object.values(kept)]) expect(sql).not.toContain(value);
  });

  test("where one table has a key plain and another has its digest", async () => {
    const also = [{ table: "members_old", id: "id", phone: { column: "phone_hash", stored: "sha256-hex", of: "hyphens" }, kakaoId: "kakao_id" }];
    const service = await openShop({ ...oneByPhone, config: { members: { also } } });
    const table = (phone: string): string => `create table members_old (id integer primary key, phone_hash text, kakao_id bigint unique); insert into members_old values (7, '${digestAs("sha256-hex", phone)}', null)`;
    await service.change(table("010-3333-1234"));
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ review: { "shared-phone-members": 1 } });
  });
});

describe("apply", () => {
  test("needs neither key nor program, and finds moved what was digested or encrypted anew", async () => {
    const members = [{ id: 1, ci: ci("one"), phone: "010-3333-1234" }, { id: 2, ci: ci("two"), phone: "010-3333-1235" }, { id: 3, ci: ci("three"), phone: "010-3333-1236" }];
    const users: Record<string, PersonValues> = Object.fromEntries(members.map(({ id, ci: key }) => [String(1000 + id), { ci: key }]));
    const columns = storedColumns({ ci: ["hmac-sha256-hex", "as-is"] });
    const service = await openShop({ members: changeMembers(members, { ci: storeAs("ci", "hmac-sha256-hex", "as-is"), phone: encrypt }), users, config: { members: { ...columns, ...encrypted("phone") } } });
    const plan = await service.json("map-members");
    expect(plan.json["counts"]).toMatchObject({ link: { ci: 3 } });
    await service.change(`update members set ci = '${digestAs("hmac-sha256-hex", ci("other"))}' where id = 2`);
    await service.change(`update members set phone = '${encrypt("010-3333-1236")}' where id = 3`);
    for (const file of ["hmac.key", "app.key", "decrypt.mjs"]) service.write(file, "gone");
    const applied = await service.json("map-members", "--apply", "--plan", plan.id, "--yes", "--operator", "tester");
    expect(applied.json["applied"]).toMatchObject({ done: 1, moved: 2, movedBy: { "values-changed": 2 } });
    expect(await service.links()).toEqual({ 1: "1001", 2: null, 3: null });
  });
});

describe("stored birth dates", () => {
  const child = (birthdate: string): ServiceSetup => ({
    members: changeMembers([{ id: 1, phone: "010-3333-1234", name: "김하나", birthdate }], { birthdate: storeAs("birthdate", "sha256-hex", "digits") }),
    users: oneByPhone.users,
    config: { members: storedColumns({ birthdate: ["sha256-hex", "digits"] }) },
  });

  test.each([["20151224", "under-14"], ["19801224", undefined]])("%s is known exactly: %s", async (birthdate, reason) => {
    const { json } = await (await openShop(child(birthdate))).json("map-members");
    expect(json["counts"]).toMatchObject(reason === undefined ? { link: { phone: 1 } } : { review: { [reason]: 1 } });
  });

  test("digests of no date are refused", async () => {
    const setup = child("19801224");
    const service = await openShop({ ...setup, config: { members: storedColumns({ birthdate: ["sha256-hex", "hyphens"] }) } });
    const refused = await service.json("map-members");
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "dates-unreadable", message: "members.birthdate: 1 of 1 values are the digest of no date; more than 1 % is refused." });
    expect((await service.json("runs")).json["runs"]).toEqual([]);
  });
});

describe("digests that are none, or of nobody", () => {
  test("are counted, and link nobody", async () => {
    const digest = storeAs("phone", "sha256-hex", "digits");
    const phones = ["", digest(""), digest("01000000000"), digest("01012345678"), digest("01099998888"), "abcd", digest("01033331234").slice(1), `${digest("01033331234").slice(1)}g`, digest("01033331234")];
    const service = await openShop({
      members: phones.map((phone, at) => ({ id: at + 1, phone, name: "김하나" })),
      users: oneByPhone.users,
      config: { members: storedColumns({ phone: ["sha256-hex", "digits"] }), matching: { placeholders: ["010-9999-8888"] } },
    });
    const { json } = await service.json("map-members");
    expect(json["unusable"]).toMatchObject({ members: { "phone-empty": 2, "phone-malformed": 3, "phone-placeholder": 3 } });
    expect(json["counts"]).toMatchObject({ link: { phone: 1 } });
  });

  test("a foreign number is found in E.164 only", async () => {
    const foreign = "+1 202-555-0143";
    const shop = (of: StoredForm): Promise<Service> =>
      openShop({ members: [{ id: 1, phone: digestAs("sha256-hex", "+12025550143"), name: "김하나" }], users: { "1001": { phone: foreign, name: "김하나" } }, config: { members: storedColumns({ phone: ["sha256-hex", of] }) } });
    expect((await (await shop("e164")).json("map-members")).json["counts"]).toMatchObject({ link: { phone: 1 } });
    expect((await (await shop("digits")).json("map-members")).json).toMatchObject({ counts: { unmatched: 1 }, unusable: { kakao: { "phone-undigestable": 1 } } });
  });

  test("an address of a relay service or of a pattern is nobody's, although its digest does not show it", async () => {
    const emails = ["kim@duck.com", "guest7@shop.example", "kim@example.com"];
    const service = await openShop({
      members: emails.map((email, at) => ({ id: at + 1, email: digestAs("sha256-hex", email), name: "김하나" })),
      users: Object.fromEntries(emails.map((email, at) => [String(1001 + at), { email, name: "김하나" }])),
      config: { members: storedColumns({ email: ["sha256-hex", "lower"] }), matching: { syntheticEmails: ["guest*@shop.example"] } },
    });
    expect((await service.json("map-members")).json).toMatchObject({ counts: { link: { email: 1 }, unmatched: 2 }, unusable: { kakao: { "email-relay": 1, "email-synthetic": 1 } } });
  });
});

describe("digested names", () => {
  const named = (name: string): ServiceSetup => ({
    ...oneByPhone,
    members: [{ id: 1, phone: "010-3333-1234", name: digestAs("sha256-hex", name) }],
    config: { members: storedColumns({ name: ["sha256-hex", "as-is"] }) },
  });

  test.each([["김하나", { link: { phone: 1 } }], ["박둘", { review: { "contradicted-name": 1 } }]])("%s agrees or differs", async (name, counts) => {
    expect((await (await openShop(named(name))).json("map-members")).json["counts"]).toMatchObject(counts);
  });

  test("of another script than Hangul say nothing", async () => {
    const service = await openShop({ ...named("KIM HANA"), users: { "1001": { phone: "010-3333-1234", name: "Kim Hana" } } });
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ review: { "uncorroborated-phone": 1 } });
  });

  test("never tell apart members who share a number: one blank makes another digest", async () => {
    const shared = (change: Change, members: Record<string, unknown>): ServiceSetup => ({
      members: [{ id: 1, phone: "010-3333-1234", name: change("김하나") }, { id: 2, phone: "010-3333-1234", name: change("박둘") }],
      users: oneByPhone.users,
      config: { members },
    });
    expect((await (await openShop(shared((name) => name, {}))).json("map-members")).json["counts"]).toMatchObject({ link: { phone: 1 } });
    const digested = await openShop(shared((name) => digestAs("sha256-hex", name), storedColumns({ name: ["sha256-hex", "as-is"] })));
    expect((await digested.json("map-members")).json["counts"]).toMatchObject({ review: { "shared-phone-members": 1 } });
  });
});

describe("a digested key without any hit (M13)", () => {
  test("is planned with a warning, and applied only with --allow-no-hit", async () => {
    const thousand = Array.from({ length: 1000 }, (_one, at) => at);
    const service = await openShop({
      members: thousand.map((at) => ({ id: at + 1, ci: digestAs("hmac-sha256-hex", ci(`member ${at}`)), phone: `0103${String(at).padStart(3, "0")}1234` })),
      users: Object.fromEntries(thousand.map((at) => [String(1001 + at), { ci: ci(`member ${at}`) }])),
      config: { members: storedColumns({ ci: ["hmac-sha256-hex", "as-is"] }) },
    });
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { ci: 1000 } });
    service.write("hmac.key", "another key");
    const planned = await service.run("map-members");
    expect(planned.code).toBe(0);
    expect(planned.err).toMatch(/ci \(digest\): 1000 usable values of members and 1000 of Kakao users, and not one in common.*\s.*--allow-no-hit/);
    for (const flags of [[], ["--accept-quality"]]) {
      const refused = await service.apply(...flags);
      expect({ code: refused.code, error: refused.error.code }).toEqual({ code: 3, error: "brake-no-hit" });
      expect(refused.error.hint).toMatch(/--apply --plan \S+ --allow-no-hit$/);
    }
    expect((await service.apply("--allow-no-hit")).code).toBe(0);
  });
});

test("digests of which more than 1 % are none are a doubt of the key's quality", async () => {
  const shopWith = (malformed: number): Promise<Service> =>
    openShop({
      members: Array.from({ length: 200 }, (_one, at) => ({ id: at + 1, ci: at < malformed ? ci(`plain ${at}`) : digestAs("sha256-hex", ci(`member ${at}`)) })),
      users: { "1001": { ci: ci("member 150") } },
      config: { members: storedColumns({ ci: ["sha256-hex", "as-is"] }) },
    });
  expect((await (await shopWith(2)).apply()).code).toBe(0);
  const service = await shopWith(3);
  const refused = await service.apply();
  expect({ ...refused.error, exit: refused.code }).toMatchObject({ code: "brake-quality", exit: 3, message: "ci (digest): 3 of 200 values of members are no such digest: stored or the column may be wrong (M13)." });
  expect((await service.apply("--accept-quality")).code).toBe(0);
});

test("an address that only corroborates is no key without a hit", async () => {
  const thousand = Array.from({ length: 1000 }, (_one, at) => ({ phone: `0103${String(at).padStart(3, "0")}1234`, email: `kim${at}@example.com` }));
  const service = await openShop({
    members: thousand.map(({ phone, email }, at) => ({ id: at + 1, phone, email: digestAs("sha256-hex", email) })),
    users: Object.fromEntries(thousand.map(({ phone, email }, at) => [String(1001 + at), { phone, email }])),
    config: { members: storedColumns({ email: ["sha256-hex", "lower"] }), matching: { keys: ["phone"], corroborators: ["name", "email"] } },
  });
  const planned = await service.json("map-members");
  expect(planned.json).toMatchObject({ counts: { link: { phone: 1000 } }, weakLinks: { email: 1000 } });
  expect(planned.err).not.toContain("not one in common");
});

describe("the key file", () => {
  const columns = storedColumns({ phone: ["hmac-sha256-hex", "digits"] });
  const setup: ServiceSetup = { ...oneByPhone, members: changeMembers(oneByPhone.members, { phone: storeAs("phone", "hmac-sha256-hex", "digits") }), config: { members: columns } };

  test.each<[string, string, string]>([
    ["as text with a newline", `${hmacKey}\r\n`, ""],
    ["in base64", `base64:${Buffer.from(hmacKey).toString("base64")}\n`, ""],
    ["in hexadecimal", `hex:${Buffer.from(hmacKey).toString("hex")}`, ""],
    ["empty", "\n", "key-file-empty"],
    ["malformed", "hex:a key", "key-file-malformed"],
  ])("%s", async (_, content, code) => {
    const service = await openShop(setup);
    service.write("hmac.key", content);
    const planned = await service.json("map-members");
    expect({ code: planned.error.code, exit: planned.code }).toEqual({ code, exit: code === "" ? 0 : 2 });
    if (code === "") expect(planned.json["counts"]).toMatchObject({ link: { phone: 1 } });
    else expect(planned.error.message).not.toContain("a key");
  });

  test("is not there, or open to every user", async () => {
    const service = await openShop(setup);
    chmodSync(service.path("hmac.key"), 0o644);
    const exposed = await service.json("map-members");
    expect({ ...exposed.error, exit: exposed.code }).toMatchObject({ code: "key-file-exposed", exit: 2, hint: `Narrow it: chmod 600 ${service.path("hmac.key")}` });
    service.configure({ members: { phone: { column: "phone", stored: "hmac-sha256-hex", of: "digits", keyFile: "./keys/none" } } });
    expect((await service.json("map-members")).error).toMatchObject({ code: "key-file-missing", message: `The key file ${service.path("keys/none")} of members.phone is not there.` });
  });
});

describe("what cannot be decrypted", () => {
  /** Members of whom every hundredth, and so many more, were encrypted with another key. */
  const shopWith = (broken: number): Promise<Service> => {
    const members = Array.from({ length: 200 }, (_one, at) => ({ id: at + 1, phone: `0103${String(at).padStart(3, "0")}1234`, name: "김하나" }));
    const other = randomBytes(32);
    return openShop({
      members: [...members.map((member, at) => ({ ...member, phone: encryptValue(at < broken ? other : appKey, member.phone) })), { id: 201 }, { id: 202, phone: "never decrypted", status: "left" as const }],
      users: { "1001": { phone: "010-3000-1234", name: "김하나" }, "1199": { phone: "010-3199-1234", name: "김하나" } },
      config: { members: encrypted("phone") },
    });
  };

  test("is counted by reason and unknown, and empty values and withdrawn members are nobody's business", async () => {
    const service = await shopWith(2);
    const { json, err } = await service.json("map-members");
    expect(json).toMatchObject({ counts: { link: { phone: 1 }, unmatched: 1 }, unusable: { members: { "phone-undecryptable": 2, "phone-empty": 1 } }, undecryptable: { "members.phone": { damaged: 2 } } });
    expect(err).toContain("members.phone: 2 values could not be decrypted and count as unknown (damaged 2).");
  });

  test("of more than 1 % of a column refuses the plan, and nothing is left of it", async () => {
    const service = await shopWith(3);
    const refused = await service.json("map-members");
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "values-undecryptable", message: "members.phone: 3 of 200 values could not be decrypted (damaged 3); more than 1 % is refused." });
    expect((await service.json("runs")).json["runs"]).toEqual([]);
  });

  test("a program that dies ends the plan with its exit code and none of its words", async () => {
    const service = await shopWith(0);
    service.write("decrypt.mjs", 'console.error("010-3000-1234"); process.exit(9);');
    const failed = await service.json("map-members");
    expect({ ...failed.error, exit: failed.code }).toMatchObject({ code: "decrypt-stopped", exit: 4, message: "The decrypt program of members.phone ended with exit code 9 before every value was answered." });
    expect(failed.out + failed.err).not.toContain("3000");
    expect((await service.json("runs")).json["runs"]).toEqual([]);
  });

  test("a program that decrypts a value now in one way and then in another", async () => {
    const service = await openShop({ ...oneByPhone, config: { members: encrypted("phone") } });
    service.write("decrypt.mjs", 'import { createInterface } from "node:readline"; let odd = false; for await (const line of createInterface({ input: process.stdin })) { odd = !odd; const { id } = JSON.parse(line); console.log(JSON.stringify({ id, value: odd ? "010-3333-1234" : "010-3333-1235" })); }');
    const failed = await service.json("map-members");
    expect({ ...failed.error, exit: failed.code }).toMatchObject({ code: "values-read-differently", exit: 4 });
  });

  test("a program that is not there", async () => {
    const service = await shopWith(0);
    service.configure({ members: { phone: { column: "phone", decrypt: ["./no-such-program"] } } });
    const failed = await service.json("map-members");
    expect({ ...failed.error, exit: failed.code }).toMatchObject({ code: "decrypt-not-started", exit: 2 });
  });

  test("a column that this run does not compare is not decrypted", async () => {
    const service = await openShop({ ...oneByPhone, config: { members: { email: { column: "email", decrypt: ["./no-such-program"] } }, matching: { keys: ["phone"] } } });
    await service.change("update members set email = 'anything'");
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { phone: 1 } });
  });
});

describe("doctor", () => {
  test("tries key files, and programs on the first page of members", async () => {
    const members = [{ id: 1, ci: digestAs("hmac-sha256-hex", ci("one")), phone: encrypt("010-3333-1234") }];
    const service = await openShop({ members, config: { members: { ...storedColumns({ ci: ["hmac-sha256-hex", "as-is"] }), ...encrypted("phone") } } });
    const checkOf = async (): Promise<unknown> => ((await service.json("doctor")).json["checks"] as readonly { readonly what: string }[]).find(({ what }) => what === "digests and encrypted columns");
    expect(await checkOf()).toMatchObject({ result: "ok", detail: expect.stringContaining("members.ci, members.phone: ") as unknown });
    service.write("app.key", randomBytes(32).toString("base64"));
    expect(await checkOf()).toMatchObject({ result: "fail", detail: expect.stringContaining("members.phone: 1 of 1 values could not be decrypted (damaged 1)") as unknown });
    service.write("hmac.key", "");
    expect(await checkOf()).toMatchObject({ result: "fail", detail: expect.stringContaining("The key file") as unknown });
  });
});

describe("canaries", () => {
  test("no value and no key in anything that is written or said", async () => {
    const people = Array.from({ length: 30 }, (_one, at) => makeCanary(at));
    const search = new LeakSearch(people, [hmacKey, appKey.toString("base64")]);
    const members = people.map(({ ci: key, phone, email, name, birthdate }, at) => ({ id: at + 1, ci: key, phone: at % 3 === 0 ? phone : makeCanary(at + 100).phone, email, name: at % 5 === 0 ? makeCanary(at + 1).name : name, birthdate }));
    const withoutCi = members.map(({ ci: key, ...rest }, at) => (at % 2 === 0 ? rest : { ...rest, ci: key }));
    const changes = { ci: storeAs("ci", "hmac-sha256-hex", "as-is"), phone: encrypt, email: storeAs("email", "sha256-base64", "lower"), name: encrypt, birthdate: storeAs("birthdate", "sha256-hex", "digits") };
    const service = await openShop({
      members: changeMembers(withoutCi, changes),
      users: Object.fromEntries(people.map((person, at) => [String(1001 + at), person])),
      config: { members: { ...encrypted("phone", "name"), ...storedColumns({ ci: ["hmac-sha256-hex", "as-is"], email: ["sha256-base64", "lower"], birthdate: ["sha256-hex", "digits"] }) } },
    });
    const said: string[] = [];
    const call = async (...argv: string[]): Promise<void> => {
      const { out, err } = await service.run(...argv);
      said.push(out, err);
    };
    const plan = await service.json("map-members", "--all-rows");
    expect(plan.json["counts"]).toMatchObject({ link: { ci: 15 } });
    said.push(plan.out, plan.err);
    await call("map-members");
    await call("explain", "--member", "1");
    await call("map-members", "--apply", "--yes", "--operator", "tester");
    expect(Object.values(await service.links()).filter((link) => link !== null).length).toBeGreaterThan(15);
    service.write("decrypt.mjs", 'import { createInterface } from "node:readline"; for await (const line of createInterface({ input: process.stdin })) console.log(line, process.argv);');
    await call("map-members");
    expect(said.join("\n")).toContain("wrote a line that is no answer");
    const files = readdirSync(service.path(".kakao-sync"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(10);
    const leaks = [...said.flatMap((text) => search.find(text)), ...files.flatMap((file) => search.find(readFileSync(file)).map((leak) => `${file}: ${leak}`))];
    expect(leaks).toEqual([]);
  });
});
