import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { StartError } from "../../src/errors.ts";
import { least, load, writeFolder } from "./write-config.ts";

const whole = `environment: rehearsal
database:
  url: sqlite:./members.db
  timeZone: UTC
members:
  table: members
  id: id
  ci: ci
  phone: phone
  email: { sql: "lower(email)" }
  name: { column: name }
  birthdate: birthdate
  phoneVerifiedAt: phone_verified_at
  emailVerified: always
  lastLoginAt: last_login_at
  where: "status = 'active'"
  withdrawn: "status = 'left'"
  blocked: "status = 'blocked'"
  otherLogin: "password_hash is not null"
  protected: "role <> 'customer'"
  also: [{ table: members_dormant, id: id, phone: phone, kakaoId: kakao_id }]
  pending: [{ table: signup_pending, kakaoId: kakao_id }]
link:
  column: kakao_id
  set: { linked_at: now, link_id: uuid, source: bulk, kind: 3, removed_at: null }
alsoLinkedIn:
  - { name: brand2, url: "\${BRAND2_URL}", link: { table: customer, memberId: id, kakaoId: kakao_id, fixed: { provider: kakao }, where: "live = 1" } }
  - { name: brand3, url: "sqlite:/srv/brand3.db", members: { table: guests, id: no }, link: { column: kakao } }
kakao:
  appId: "424242"
  adminKey: \${KAKAO_ADMIN_KEY}
  baseUrl: http://127.0.0.1:8080/
  app: { fixedIds: true }
matching:
  keys: [email, ci]
  email: alone
  corroborators: [recentlyVerified, name]
  dormant: link
  placeholders: [test@example.com]
  syntheticEmails: ["*@noreply.example.com", "/^kakao_\\\\d+@/"]
consent: consent/kakao.yaml
channel:
  publicId: _Abcd
  idType: app
  marketing: { agreed: marketing_agreed, agreedAt: marketing_agreed_at, reconfirmedAt: null, night: night_agreed }
  fields: { 지역: region, 가입일: { column: created_at, format: YYYYMMDD }, vip_level: { column: { sql: "level + 1" }, type: number } }
limits:
  unlink: { count: 3 }
  rowsPerSecond: 200
retention: { snapshot: 72h, undo: 2w, record: 1y }
`;

const column = (name: string) => ({ kind: "column", column: name });

describe("loadConfig", () => {
  it("resolves everything that may stand in the file", () => {
    const cwd = writeFolder({ "kakao-sync.config.yaml": whole });
    const config = loadConfig({ cwd, env: { BRAND2_URL: "sqlite:brand2.db", KAKAO_ADMIN_KEY: "0123abcd" } });
    expect(config).toMatchObject({
      file: join(cwd, "kakao-sync.config.yaml"),
      folder: cwd,
      warnings: [],
      environment: "rehearsal",
      database: { url: `sqlite:${join(cwd, "members.db")}`, timeZone: "UTC" },
      consent: join(cwd, "consent/kakao.yaml"),
      limits: { unlink: { share: 0.05, count: 3, nightly: 500 }, rowsPerSecond: 200 },
      retention: { snapshotMs: 72 * 3_600_000, undoMs: 14 * 86_400_000, recordMs: 365 * 86_400_000 },
    });
    expect(config.members).toEqual({
      table: "members",
      id: "id",
      ci: column("ci"),
      phone: column("phone"),
      email: { kind: "sql", sql: "lower(email)" },
      name: column("name"),
      birthdate: column("birthdate"),
      phoneVerifiedAt: column("phone_verified_at"),
      emailVerified: "always",
      lastLoginAt: column("last_login_at"),
      where: "status = 'active'",
      withdrawn: "status = 'left'",
      blocked: "status = 'blocked'",
      otherLogin: "password_hash is not null",
      protected: "role <> 'customer'",
      also: [{ table: "members_dormant", id: "id", phone: column("phone"), kakaoId: "kakao_id" }],
      pending: [{ table: "signup_pending", kakaoId: "kakao_id" }],
    });
    expect(config.link).toEqual({
      kind: "column",
      column: "kakao_id",
      set: { linked_at: "now", link_id: "uuid", source: { literal: "bulk" }, kind: { literal: 3 }, removed_at: { literal: null } },
    });
    expect(config.alsoLinkedIn).toEqual([
      { name: "brand2", url: `sqlite:${join(cwd, "brand2.db")}`, link: { table: "customer", kakaoId: "kakao_id", fixed: { provider: "kakao" }, where: "live = 1" } },
      { name: "brand3", url: "sqlite:/srv/brand3.db", link: { table: "guests", kakaoId: "kakao", fixed: {} } },
    ]);
    expect(config.kakao).toMatchObject({ appId: "424242", baseUrl: "http://127.0.0.1:8080", app: { fixedIds: true } });
    expect(config.matching).toEqual({
      keys: ["ci", "email"],
      phone: "corroborated",
      email: "alone",
      corroborators: ["name", "recentlyVerified"],
      dormant: "link",
      placeholders: ["test@example.com"],
      syntheticEmails: ["*@noreply.example.com", "/^kakao_\\d+@/"],
    });
    expect(config.channel).toEqual({
      publicId: "_Abcd",
      idType: "app",
      segments: {},
      ageUnknown: "leave-out",
      unconfirmed: { phoneAs: "82", removeAs: "ids" },
      marketing: { agreed: column("marketing_agreed"), agreedAt: column("marketing_agreed_at"), night: column("night_agreed") },
      fields: {
        지역: { column: column("region"), type: "string" },
        가입일: { column: column("created_at"), type: "string", format: "YYYYMMDD" },
        vip_level: { column: { kind: "sql", sql: "level + 1" }, type: "number" },
      },
    });
  });

  it("fills in the defaults of what is not written, or written and left empty", () => {
    const config = load(`${least}matching:\nlimits: { link: }\n`);
    expect(config).toMatchObject({
      environment: "production",
      database: { timeZone: "Asia/Seoul", session: {} },
      members: { also: [], pending: [] },
      link: { kind: "column", set: {} },
      alsoLinkedIn: [],
      kakao: { adminKey: null, baseUrl: "https://kapi.kakao.com", app: {} },
      matching: { keys: ["ci"], phone: "corroborated", email: "corroborated", corroborators: [], dormant: "review", placeholders: [], syntheticEmails: [] },
      consent: join(config.folder, "kakao-sync.consent.yaml"),
      limits: {
        requestsPerSecond: 10,
        listingPerMinute: 90,
        monthlyShare: 0.2,
        link: { share: 0.01, count: 1000 },
        unlink: { share: 0.05, count: 500, nightly: 500 },
        clear: { share: 0.01, count: 500 },
        rowsPerSecond: 0,
        approvals: { unlink: 0, link: 0 },
      },
      retention: { snapshotMs: 7 * 86_400_000, undoMs: 90 * 86_400_000, recordMs: 730 * 86_400_000 },
    });
    expect(config).not.toHaveProperty("channel");
  });

  it("takes as keys and corroborators what has a column", () => {
    const config = load(least.replace("ci: ci", "phone: mobile, phoneVerified: always, birthdate: born, email: mail, emailVerified: always"));
    expect(config.matching).toMatchObject({ keys: ["phone", "email"], corroborators: ["birthdate"] });
  });

  it("resolves relative paths from the folder of the file, wherever it is called from", () => {
    const cwd = writeFolder({});
    mkdirSync(join(cwd, "shop"));
    writeFileSync(join(cwd, "shop", "sync.yaml"), `${least}consent: ./c.yaml\n`.replace("appId: 424242", "appId: 1, adminKeyFile: ./secret"));
    const config = loadConfig({ cwd, path: "shop/sync.yaml", env: {} });
    expect(config).toMatchObject({
      file: join(cwd, "shop/sync.yaml"),
      database: { url: `sqlite:${join(cwd, "shop/members.db")}` },
      consent: join(cwd, "shop/c.yaml"),
      kakao: { adminKey: { file: join(cwd, "shop/secret") } },
    });
    expect(loadConfig({ cwd, env: { KAKAO_SYNC_CONFIG: "shop/sync.yaml" } }).file).toBe(config.file);
  });

  it("prefers a flag to an environment variable, that to a .env file, and that to the file", () => {
    const cwd = writeFolder({
      "kakao-sync.config.yaml": `environment: production\n${least}`,
      ".env": "KAKAO_SYNC_ENVIRONMENT=rehearsal\nKAKAO_SYNC_DATABASE_URL=sqlite:dotenv.db\nKAKAO_SYNC_KAKAO_BASE_URL=http://localhost:1\n",
    });
    const config = loadConfig({ cwd: join(cwd, ".."), path: join(cwd, "kakao-sync.config.yaml"), env: { KAKAO_SYNC_DATABASE_URL: "sqlite:own.db", KAKAO_SYNC_KAKAO_BASE_URL: "http://localhost:2" }, overrides: { kakaoBaseUrl: "http://localhost:3" } });
    expect(config).toMatchObject({ environment: "rehearsal", database: { url: `sqlite:${join(cwd, "own.db")}` }, kakao: { baseUrl: "http://localhost:3" } });
    const flagged = loadConfig({ cwd: join(cwd, ".."), path: join(cwd, "kakao-sync.config.yaml"), env: {}, overrides: { databaseUrl: "sqlite:flag.db" } });
    expect(flagged.database.url).toBe(`sqlite:${join(cwd, "..", "flag.db")}`);
  });

  it("says what to do where there is no file", () => {
    const cwd = writeFolder({});
    const attempt = (): unknown => loadConfig({ cwd, path: "shop.yaml", env: {} });
    expect(attempt).toThrow(StartError);
    expect(attempt).toThrow(expect.objectContaining({ code: "config-missing", message: expect.stringContaining("shop.yaml"), hint: expect.stringMatching(/kakao-sync init.*--config FILE.*kakao-sync sandbox/) }));
    expect(() => loadConfig({ cwd, path: ".", env: {} })).toThrow(expect.objectContaining({ code: "config-unreadable" }));
  });
});

describe("warnings", () => {
  it("name what works and is most likely not meant", () => {
    const config = load(least.replace("ci: ci", "phone: mobile, email: mail, emailVerified: always"));
    expect(config.warnings).toEqual([
      "kakao-sync.config.yaml:2  members.phone: without phoneVerifiedAt every find by phone goes to review; name its column, or write phoneVerified: always if that is so",
      "kakao-sync.config.yaml:2  members.email: with nothing that could agree every find by email goes to review; name members.name or members.birthdate",
    ]);
  });

  it("are silent about keys that are to be reviewed", () => {
    expect(load(`${least.replace("ci: ci", "phone: mobile")}matching: { phone: review }\n`).warnings).toEqual([]);
  });
});
