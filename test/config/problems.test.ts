import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findNearest } from "../../src/config/problems.ts";
import { korean } from "../../src/messages/ko/catalogue.ts";
import { speak } from "../../src/say.ts";
import { least, load, loadError, loadProblems } from "./write-config.ts";

describe("problems of a configuration", () => {
  it("are all told at once, in the order of the file, each with line and what to write", () => {
    const yaml = `databse: { url: x }
database:
  url: oracle://h/x
  timeZone: Mars/Base
members:
  table: members
  id: 7
  phnoe: phone
  ci: { colum: x }
  phone_verified_at: x
  where:
  pending: signup
link:
  column: kakao_id
  set: { a: [1], b: 12345678901234567890 }
kakao:
  appId: shop
  baseUrl: http://kapi.kakao.com
  app: { fixedIds: yes }
matching:
  keys: [ci, phone, mail]
  phone: sure
limits: { link: { share: 5 }, requestsPerSecond: 0, listingPerMinute: 101 }
retention: { snapshot: 7 days }
`;
    const error = loadError(yaml);
    expect(error).toMatchObject({ code: "config-invalid", exitCode: 2, hint: "Correct these lines, then look with `kakao-sync doctor`." });
    expect(error.message.split("\n")[0]).toBe("The configuration kakao-sync.config.yaml has 21 problems:");
    expect(loadProblems(yaml)).toEqual([
      "1  databse: unknown key; write database",
      "3  database.url: this is not the URL of a database that is known here; write sqlite: and the path of the file, like sqlite:./members.db",
      "4  database.timeZone: this time zone is not known; write a name like Asia/Seoul or UTC",
      "7  members.id: this cannot be used; write the name of a column",
      "8  members.phnoe: unknown key; write phone",
      "9  members.ci.colum: unknown key; write column",
      "10  members.phone_verified_at: unknown key; write phoneVerifiedAt",
      `11  members.where: missing; write the condition of live members in quotes, like "status = 'active'", or all`,
      "12  members.pending: this cannot be used; write a list of tables, like [{ table: signup_pending, kakaoId: kakao_id }]",
      "15  link.set.a: this cannot be used; write a text, a number or null; whole numbers above 2^53 as texts in quotes",
      "15  link.set.b: this cannot be used; write a text, a number or null; whole numbers above 2^53 as texts in quotes",
      "17  kakao.appId: this cannot be used; write the app's number from the Kakao developers console",
      "18  kakao.baseUrl: this is no https address of a host; write https://kapi.kakao.com; plain http is for 127.0.0.1 and localhost only",
      "19  kakao.app.fixedIds: this cannot be used; write true or false",
      "21  matching.keys[2]: this cannot be used; write ci or phone or email",
      "21  matching.keys[1]: phone has no column; name it as members.phone, or leave phone out here",
      "22  matching.phone: this cannot be used; write corroborated or alone or review",
      "23  limits.requestsPerSecond: this cannot be used; write a whole number from 1 to 100",
      "23  limits.listingPerMinute: this cannot be used; write a whole number from 1 to 100",
      "23  limits.link.share: this cannot be used; write a share between 0 and 1, like 0.05",
      "24  retention.snapshot: this cannot be used; write a duration in hours, days, weeks or years, like 72h, 7d, 2w or 2y",
    ]);
  });

  it("name what is missing where it should stand", () => {
    expect(loadProblems("members: { id: id }\n")).toEqual([
      "1  database: missing; write its keys below it: url, readUrl, timeZone, session",
      "1  members.table: missing; write the name of a table",
      `1  members.where: missing; write the condition of live members in quotes, like "status = 'active'", or all`,
      expect.stringMatching(/^1 {2}link: missing; write its keys below it: column, table,/),
      expect.stringMatching(/^1 {2}kakao: missing; write its keys below it: appId,/),
      "1  members: no column that could find a member at Kakao; name the column of at least one of ci, phone and email",
    ]);
  });

  it.each(["", "just a text", "- a\n- list\n"])("an empty file or one that is no map: %j", (yaml) => {
    expect(loadProblems(yaml)).toEqual([expect.stringMatching(/^1 {2}(this cannot be used|missing); write its keys below it: environment, database, members,/)]);
  });

  it.each([
    ["a key that stands twice", `${least}kakao: { appId: 1 }\n`, "5  this key stands twice; keep one of the two"],
    ["a tab", `${least}matching:\n\tphone: review\n`, "6  a tab is used to indent; write blanks"],
    ["an open quote", `${least}consent: "x\n`, "6  a closing quote, bracket or colon is missing; close it; a text with : # { } or ${NAME} in braces belongs in quotes"],
    ["an alias", `${least}consent: *secret\n`, "5  a value starts with * and so refers to an anchor that is not there; put the value in quotes"],
  ])("YAML that cannot be read: %s", (_, yaml, problem) => {
    expect(loadProblems(yaml)).toContain(problem);
  });

  it("says once a line what the parser stumbles over again and again behind an open brace", () => {
    const told = loadProblems(`${least.replace("appId: 424242", "appId: ${NOPE}")}consent: x\n`);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((line, at) => told.indexOf(line) !== at)).toEqual([]);
  });

  it("finds its lines behind anchors, comments and nested lists", () => {
    const yaml = `# comment\n${least.replace("where: all", "where: all, also: [\n  { table: a, id: id },\n  # another\n  { table: b, id: id, nmae: x }]")}`;
    expect(loadProblems(yaml)).toEqual(["6  members.also[1].nmae: unknown key; write name"]);
  });

  it("says of a setting from elsewhere where it came from", () => {
    expect(loadProblems(least, { env: { KAKAO_SYNC_ENVIRONMENT: "test" } })).toEqual(["the environment variable KAKAO_SYNC_ENVIRONMENT  environment: this cannot be used; write production or rehearsal"]);
    expect(loadProblems(least, { overrides: { kakaoBaseUrl: "x" } })).toEqual([expect.stringMatching(/^the command line {2}kakao.baseUrl: /)]);
  });

  it("says of a number beyond all counting what it says of any other", () => {
    expect(loadProblems(least.replace("appId: 424242", "appId: 1e30"))).toEqual(["4  kakao.appId: this cannot be used; write the app's number from the Kakao developers console"]);
  });

  it("does not take __proto__ for anything but an unknown key", () => {
    expect(loadProblems(`${least}__proto__: { environment: rehearsal }\n`)).toEqual([expect.stringMatching(/^5 {2}__proto__: unknown key; /)]);
  });
});

describe("problems in Korean", () => {
  beforeAll(() => speak("ko", korean));
  afterAll(() => speak("en", new Map()));

  it("are two halves with a dash between them, words of the file and of flags as they are", () => {
    const yaml = `${least}matching: { phone: sure, keys: [ci, phone] }\nlimts: {}\n`;
    expect(loadError(yaml)).toMatchObject({ code: "config-invalid", hint: "위의 줄을 고친 뒤 `kakao-sync doctor`로 확인하세요." });
    expect(loadError(yaml).message.split("\n")).toEqual([
      "kakao-sync.config.yaml 설정 파일에서 문제 3건을 찾았습니다:",
      "  kakao-sync.config.yaml:5  matching.phone: 쓸 수 없는 값입니다 – 다음 중 하나를 적으세요: corroborated, alone, review",
      "  kakao-sync.config.yaml:5  matching.keys[1]: phone 값을 읽을 컬럼이 없습니다 – members.phone에 컬럼을 적거나, 여기에서 phone 항목을 빼세요",
      "  kakao-sync.config.yaml:6  limts: 알 수 없는 키입니다 – 이렇게 적으세요: limits",
    ]);
    expect(loadError(least, { env: { KAKAO_SYNC_ENVIRONMENT: "test" } }).message.split("\n")[1]).toBe("  환경 변수 KAKAO_SYNC_ENVIRONMENT  environment: 쓸 수 없는 값입니다 – 다음 중 하나를 적으세요: production, rehearsal");
  });
});

describe("rules between fields", () => {
  const withMembers = (columns: string): string => least.replace("ci: ci", columns);
  const withLink = (link: string): string => least.replace("{ column: kakao_id }", link);
  const withKakao = (kakao: string): string => least.replace("appId: 424242", `appId: 424242, ${kakao}`);

  it.each<[string, string, RegExp]>([
    ["no key column", withMembers("name: name"), /^2 {2}members: no column that could find a member at Kakao/],
    ["a key without its column", `${least}matching: { keys: [ci, email] }\n`, /^5 {2}matching.keys\[1\]: email has no column/],
    ["a corroborator without its column", `${least}matching: { corroborators: [name] }\n`, /^5 {2}matching.corroborators\[0\]: name has no column; name it as members.name,/],
    ["recentlyVerified without a time", `${least}matching: { corroborators: [recentlyVerified] }\n`, /name it as members.phoneVerifiedAt or members.emailVerifiedAt/],
    ["verified said twice", withMembers("phone: p, phoneVerified: always, phoneVerifiedAt: t"), /^2 {2}members.phoneVerified: phoneVerifiedAt says the same with a time; keep one/],
    ["verified without the column", withMembers("ci: ci, emailVerifiedAt: t"), /^2 {2}members.emailVerifiedAt: there is no email column/],
    ["the same in members.also", withMembers("ci: ci, also: [{ table: d, id: id, phoneVerified: always }]"), /^2 {2}members.also\[0\].phoneVerified: there is no phone column/],
    ["a column and an expression", withMembers(`ci: { column: ci, sql: "x" }`), /^2 {2}members.ci: a value comes from either a column or an expression/],
    ["neither", withMembers("ci: {}"), /^2 {2}members.ci: a value comes from either/],
    ["of without stored", withMembers("ci: { column: ci, of: as-is }"), /^2 {2}members.ci: of and keyFile belong to stored/],
    ["the member table in also", withMembers("ci: ci, also: [{ table: MEMBERS, id: id }]"), /^2 {2}members.also\[0\].table: this table is named already/],
    ["a condition with a semicolon", least.replace("where: all", `where: "a = 1;"`), /^2 {2}members.where: this cannot be used; write the condition without a semicolon/],
    ["links nowhere", withLink("{ set: { a: now } }"), /^3 {2}link: links are either in a column .* or in a table/],
    ["fixed beside a column", withLink("{ column: k, fixed: { a: b } }"), /^3 {2}link.fixed: belongs to a link table/],
    ["the link over the id", withLink("{ column: ID }"), /^3 {2}link.column: this column is the member's id or a key/],
    ["the link over a key", withLink("{ column: ci }"), /^3 {2}link.column: this column is the member's id or a key/],
    ["set over the link", withLink("{ column: k, set: { K: 1 } }"), /^3 {2}link.set.K: this is the link/],
    ["a set column that fixed fills", withLink("{ table: t, memberId: m, kakaoId: k, fixed: { provider: kakao }, set: { Provider: x, created_at: now } }"), /^3 {2}link.set.Provider: this column is filled already/],
    ["a cleared member", withLink("{ table: t, memberId: m, kakaoId: k, cleared: { m: null } }"), /^3 {2}link.cleared.m: the row would be nobody's/],
    ["a link table that is the member table", withLink("{ table: members, memberId: m, kakaoId: k }"), /^3 {2}link.table: this is a table of members/],
    ["a link column of a further table beside a link table", withLink("{ table: t, memberId: m, kakaoId: k }").replace("where: all", "where: all, also: [{ table: d, id: id, kakaoId: k }]"), /members.also\[0\].kakaoId: links are rows of link.table/],
    ["two places of one name", `${least}alsoLinkedIn: [{ name: a, url: "sqlite:a.db", link: { table: t, kakaoId: k } }, { name: A, url: "sqlite:b.db", link: { table: t, kakaoId: k } }]\n`, /^5 {2}alsoLinkedIn\[1\].name: another place/],
    ["a place's column without a table", `${least}alsoLinkedIn: [{ name: a, url: "sqlite:a.db", link: { column: k } }]\n`, /^5 {2}alsoLinkedIn\[0\].link: the table of this column is not named/],
    ["a place's table without a column", `${least}alsoLinkedIn: [{ name: a, url: "sqlite:a.db", link: { table: t } }]\n`, /^5 {2}alsoLinkedIn\[0\].link.kakaoId: missing/],
    ["two admin keys", withKakao("adminKey: k, adminKeyFile: f"), /^4 {2}kakao.adminKeyFile: adminKey says where the key is already/],
    ["plain http to another host", withKakao(`baseUrl: "http://127.0.0.1.example.com"`), /^4 {2}kakao.baseUrl: this is no https address/],
    ["a path in the address", withKakao(`baseUrl: "https://kapi.kakao.com/v2"`), /^4 {2}kakao.baseUrl: /],
    ["a password in the address", withKakao(`baseUrl: "https://a:b@kapi.kakao.com"`), /^4 {2}kakao.baseUrl: /],
    ["a pattern that is none", `${least}matching: { syntheticEmails: ["/(/"] }\n`, /^5 {2}matching.syntheticEmails\[0\]: this is no regular expression/],
  ])("%s", (_, yaml, problem) => {
    const problems = loadProblems(yaml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it("a link has one of its two layouts", () => {
    expect(loadProblems(withLink("{ column: k, table: t, memberId: m, kakaoId: k }"))).toContainEqual(expect.stringMatching(/^3 {2}link: links are either/));
  });

  it.each(["http://localhost:3000", "http://127.0.0.1:8080/", "http://[::1]:8080", "https://kapi.example.com"])("lets pass %s", (url) => {
    expect(load(withKakao(`baseUrl: "${url}"`)).kakao.baseUrl).toBe(url.replace(/\/$/, ""));
  });

  it("stay silent about what has a problem of its own", () => {
    expect(loadProblems(withMembers("phone: [x]"))).toEqual([expect.stringMatching(/^2 {2}members.phone: this cannot be used/)]);
    expect(loadProblems(withMembers(`ci: "\${UNSET}"`))).toEqual([expect.stringMatching(/UNSET is not set/)]);
  });
});

describe("a replica and session parameters", () => {
  it.each<[string, string]>([
    ["database.readUrl", least.replace(`db" }`, `db", readUrl: "sqlite:r.db" }`)],
    ["database.readUrl", least.replace(`"sqlite:./members.db" }`, `"postgres://h/db", readUrl: "oracle://r/db" }`)],
    ["database.session", least.replace(`db" }`, `db", session: { app.key: x } }`)],
  ])("%s needs a server", (path, yaml) => {
    expect(loadProblems(yaml)).toEqual([expect.stringMatching(new RegExp(`^\\d+  ${path.replace(".", "\\.")}: `))]);
  });

  it("are taken for one", () => {
    expect(load(least.replace(`"sqlite:./members.db" }`, `"postgres://h/db", readUrl: "postgresql://r/db", session: { app.key: x } }`)).database).toMatchObject({ readUrl: "postgresql://r/db", session: { "app.key": "x" } });
  });
});

describe("limits.replica", () => {
  const onServer = (readUrl: string, replica: string): string => `${least.replace(`"sqlite:./members.db" }`, `"postgres://h/db"${readUrl} }`)}limits: { replica: ${replica} }\n`;

  it.each<[string, string, string]>([
    ["a server without a replica", "no replica is named", onServer("", "{ maxLag: 5s }")],
    ["a file", "PostgreSQL or MySQL", `${least}limits: { replica: { url: "postgres://r/db" } }\n`],
    ["another kind of server", "PostgreSQL or MySQL", onServer("", `{ url: "mysql://r/db" }`)],
    ["a lag without a unit", "like 10s or 2m", onServer("", `{ url: "postgres://r/db", maxLag: 10 }`)],
    ["a lag of nothing", "like 10s or 2m", onServer("", `{ url: "postgres://r/db", maxLag: 0s }`)],
  ])("of %s is a problem", (_what, why, yaml) => {
    expect(loadProblems(yaml)).toEqual([expect.stringMatching(new RegExp(`^\\d+  limits\\.replica.*${why}`))]);
  });

  it("is that of database.readUrl, unless it names its own; 10 s are allowed, unless it says otherwise", () => {
    const read = `, readUrl: "postgres://r/db"`;
    expect(load(onServer(read, "{}")).limits.replica).toEqual({ url: "postgres://r/db", maxLagMs: 10_000 });
    expect(load(onServer(read, `{ url: "postgresql://s/db", maxLag: 2m }`)).limits.replica).toEqual({ url: "postgresql://s/db", maxLagMs: 120_000 });
    expect(load(onServer(read, "{}").replace(/limits.*\n/, "")).limits).not.toHaveProperty("replica");
  });
});

describe("servers", () => {
  it("of both kinds are taken, also for places of alsoLinkedIn", () => {
    expect(load(`${least.replace(`"sqlite:./members.db" }`, `"mysql://u:p@h/db", readUrl: "mariadb://r/db", session: { "@app_key": x } }`)}alsoLinkedIn: [{ name: a, url: "mariadb://h/x", link: { table: t, kakaoId: k } }]\n`).database).toMatchObject({ url: "mysql://u:p@h/db", readUrl: "mariadb://r/db", session: { "@app_key": "x" } });
  });
});

describe("findNearest", () => {
  const known = ["phone", "phoneVerifiedAt", "birthdate", "email", "id", "ci"];
  it.each([["phnoe", "phone"], ["birth_date", "birthdate"], ["Email", "email"], ["e-mail", "email"], ["phoneVerified_at", "phoneVerifiedAt"], ["xyz", undefined], ["nickname", undefined]])("%s is most likely %s", (word, nearest) => expect(findNearest(word, known)).toBe(nearest));
});
