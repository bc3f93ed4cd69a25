import { describe, expect, it } from "vitest";
import { holdsKey } from "../../src/config/sql-keys.ts";
import { least, load, loadProblems } from "./write-config.ts";

const withMembers = (columns: string): string => least.replace("ci: ci", columns);
const sha = "stored: sha256-hex";

describe("stored and encrypted columns", () => {
  it.each<[string, string, RegExp]>([
    ["a digest of no form", `ci: { column: h, ${sha} }`, /^2 {2}members.ci: stored needs of/],
    ["a CI in digits", `ci: { column: h, ${sha}, of: digits }`, /^2 {2}members.ci.of: ci is never digested in this form; write as-is/],
    ["a phone in lower case", `phone: { column: h, ${sha}, of: lower }`, /^2 {2}members.phone.of: phone is never digested .* write digits, hyphens, e164, as-is/],
    ["an address in E.164", `email: { column: h, ${sha}, of: e164 }`, /^2 {2}members.email.of: .* write lower, as-is/],
    ["a birth date in lower case", `ci: ci, birthdate: { column: h, ${sha}, of: lower }`, /^2 {2}members.birthdate.of: .* write digits, hyphens, as-is/],
    ["a time as a digest", `phone: p, phoneVerifiedAt: { column: h, ${sha}, of: as-is }`, /^2 {2}members.phoneVerifiedAt: a time is read from a plain column/],
    ["an encrypted time", "ci: ci, lastLoginAt: { column: h, decrypt: [node, d.js] }", /^2 {2}members.lastLoginAt: a time is read from a plain column/],
    ["an HMAC without its key", "ci: { column: h, stored: hmac-sha256-hex, of: as-is }", /^2 {2}members.ci: an HMAC needs its key/],
    ["a key without HMAC", `ci: { column: h, ${sha}, of: as-is, keyFile: k }`, /^2 {2}members.ci: a digest without HMAC has no key/],
    ["a digest that is encrypted", `ci: { column: h, ${sha}, of: as-is, decrypt: [node, d.js] }`, /^2 {2}members.ci: stored and decrypt exclude each other/],
    ["two kinds of digest of a key", `phone: { column: h, ${sha}, of: digits }, also: [{ table: d, id: id, phone: { column: h, ${sha}, of: hyphens } }]`, /^2 {2}members.also\[0\].phone: the phone of another table is another kind of digest/],
    ["two keys of an HMAC", "ci: { column: h, stored: hmac-sha256-hex, of: as-is, keyFile: a }, also: [{ table: d, id: id, ci: { column: h, stored: hmac-sha256-hex, of: as-is, keyFile: b } }]", /^2 {2}members.also\[0\].ci: the ci of another table/],
  ])("%s", (_, columns, problem) => {
    const problems = loadProblems(withMembers(columns));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it("a digest is nothing for a channel", () => {
    const channel = "channel: { publicId: _A, idType: app, marketing: { agreed: { column: a, stored: sha256-hex, of: as-is }, agreedAt: at } }\n";
    expect(loadProblems(least + channel)).toEqual([expect.stringMatching(/^5 {2}channel.marketing.agreed: a digest cannot be shown/)]);
  });

  it("a key may be plain in one table and a digest in another", () => {
    const { members } = load(withMembers(`phone: p, birthdate: { column: b, ${sha}, of: digits }, also: [{ table: d, id: id, phone: { column: h, stored: hmac-sha256-base64, of: e164, keyFile: keys/phone }, birthdate: { column: b, stored: sha512-hex, of: hyphens } }]`));
    expect(members).toMatchObject({ phone: { kind: "column" }, birthdate: { kind: "stored", of: "digits" }, also: [{ phone: { kind: "stored", of: "e164", keyFile: expect.stringMatching(/^\/.*\/keys\/phone$/) as unknown } }] });
  });

  it("a program is kept as it is written", () => {
    expect(load(withMembers("ci: { column: ci_enc, decrypt: [node, ./decrypt.js, --old] }")).members.ci).toEqual({ kind: "decrypt", column: "ci_enc", decrypt: ["node", "./decrypt.js", "--old"] });
  });
});

describe("keys in SQL", () => {
  it.each([
    "pgp_sym_decrypt(phone_enc, 'hunter2')",
    "PGP_SYM_DECRYPT ( phone_enc , 'hunter2', 'cipher-algo=aes256')",
    "public.pgp_sym_decrypt(phone_enc, E'hunt\\'er2')",
    "pgp_sym_decrypt(phone_enc, $k$hunter2$k$)",
    "pgp_sym_decrypt(phone_enc, 'x')",
    "pgp_pub_decrypt(phone_enc, dearmor('-----BEGIN'), 'hunter2')",
    "convert_from(decrypt(phone_enc, decode('00112233445566778899aabbccddeeff', 'hex'), 'aes'), 'utf8')",
    "decrypt_iv(phone_enc, 'sixteen bytes!!!'::bytea, iv, 'aes')",
    "AES_DECRYPT(phone_enc, UNHEX(SHA2('My passphrase',512)))",
    "aes_decrypt(from_base64(phone_enc), 0x00112233445566778899aabbccddeeff)",
    "aes_decrypt(phone_enc, X'00112233')",
    "aes_decrypt(phone_enc, 12345678)",
    "aes_decrypt(phone_enc, \"hunter2\")",
    "aes_decrypt(phone_enc, concat(@app_key, 'hunter2'))",
    "encode(hmac(phone, 'hunter2', 'sha256'), 'hex')",
    "encode(digest('pepper!' || phone, 'sha256'), 'hex')",
    "sha2(concat('pepper1', phone), 256)",
    "app.decrypt_column('0123456789abcdef', phone_enc)",
    "/* x */ case when a = 1 then pgp_sym_decrypt(phone_enc, 'hunter2') end -- why",
  ])("%s holds one", (sql) => expect(holdsKey(sql, true)).toBe(true));

  it.each([
    "pgp_sym_decrypt(phone_enc, current_setting('app.encryption_key'))",
    "pgp_sym_decrypt(phone_enc, current_setting('app.key', true), 'cipher-algo=aes256')",
    "decrypt(phone_enc, decode(current_setting('app.key'), 'hex'), 'aes-cbc/pad:pkcs')",
    "aes_decrypt(phone_enc, @app_key)",
    "aes_decrypt(phone_enc, unhex(sha2(@app_key, 512)))",
    "aes_decrypt(phone_enc, (select secret from app_keys where purpose = 'phone'))",
    "pgp_sym_decrypt(phone_enc, vault.get('members/phone'))",
    "pgp_sym_decrypt(phone_enc, key_column)",
    "hmac(phone, current_setting('app.key'), 'sha256')",
    "sha2(replace(phone, '-', ''), 256)",
    "encode(digest(lower(email), 'sha256'), 'hex')",
    "trim(phone1 || '-' || phone2)",
    "status = 'active' and note <> 'pgp_sym_decrypt(phone_enc, ''hunter2'')'",
    "a = 1 -- pgp_sym_decrypt(phone_enc, 'hunter2')",
    "",
    "pgp_sym_decrypt(",
    "'open",
  ])("%s holds none", (sql) => expect(holdsKey(sql, true)).toBe(false));

  it("in quotes is a name in PostgreSQL and a literal elsewhere", () => {
    expect(["postgres", "mysql"].map((engine) => holdsKey('pgp_sym_decrypt(a, "key")', engine !== "postgres"))).toEqual([false, true]);
  });

  it.each<[string, string]>([
    ["members.ci.sql", withMembers(`ci: { sql: "aes_decrypt(ci_enc, '\${APP_KEY}')" }`)],
    ["members.also[0].phone.sql", withMembers(`ci: ci, also: [{ table: d, id: id, phone: { sql: "aes_decrypt(p, '\${APP_KEY}')" } }]`)],
    ["members.where", least.replace("where: all", `where: "aes_decrypt(state, '\${APP_KEY}') = 'active'"`)],
    ["members.withdrawn", least.replace("where: all", `where: all, withdrawn: "aes_decrypt(state, '\${APP_KEY}') = 'left'"`)],
    ["alsoLinkedIn[0].link.where", `${least}alsoLinkedIn: [{ name: a, url: "sqlite:a.db", link: { table: t, kakaoId: k, where: "aes_decrypt(s, '\${APP_KEY}') = 1" } }]\n`],
  ])("%s is refused, also when it came from the environment, and the key is not repeated", (path, yaml) => {
    const problems = loadProblems(yaml, { env: { APP_KEY: "hunter2" } });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^\\d  ${path.replace(/[[\].]/g, "\\$&")}: a key or salt is written into this expression; put it under database.session`))]);
    expect(problems.join()).not.toContain("hunter2");
  });
});
