import { type AddressInfo, connect as connectTo, createServer, type Socket } from "node:net";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { openServiceDatabase, type ServiceDatabaseOptions } from "../../src/database/open.ts";
import type { ChangeGuards, LinkChange, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { createPostgresDatabase } from "../contracts/postgres-server.ts";
import { membersMap, membersSql, openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { findPostgres } from "../helpers/servers.ts";

const server = await findPostgres();
const cleanups: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Service = Awaited<ReturnType<typeof createPostgresDatabase>>;

async function createMembers(...more: string[]): Promise<Service> {
  const service = await createPostgresDatabase("url" in server ? server.url : "", [...membersSql, ...more]);
  cleanups.push(() => service.remove());
  return service;
}

async function open(url: string, changes: Partial<ServiceDatabaseOptions> = {}): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date(), ...changes });
  cleanups.push(() => database.close());
  return database;
}

/** A second connection of the service, for a transaction that stays open. */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  cleanups.push(() => client.end());
  return client;
}

/** A way to the server, by which its answers may change; its URL. */
async function openProxy(url: string, answer: (bytes: Buffer, near: Socket) => Buffer | null, ask: (bytes: Buffer, near: Socket) => Buffer | null = (bytes) => bytes): Promise<string> {
  const { hostname, port } = new URL(url);
  const proxy = createServer((near) => {
    const far = connectTo(Number(port || 5432), hostname);
    const pass = (bytes: Buffer | null, to: Socket): void => void (bytes === null ? near.destroy() : to.write(bytes));
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    near.on("data", (bytes) => pass(ask(bytes, near), far));
    far.on("data", (bytes) => pass(answer(bytes, near), near));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => proxy.close(resolve)));
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String((proxy.address() as AddressInfo).port);
  return through.href;
}

/** A way that breaks when a COMMIT passes: before the server hears of it, or before we hear its answer. */
async function openCutter(url: string, cut: "before" | "after"): Promise<{ readonly url: string; arm(): void }> {
  let armed = false;
  let committing: Socket | undefined;
  const proxied = await openProxy(
    url,
    (bytes, near) => (near === committing ? null : bytes),
    (bytes, near) => {
      if (!armed || !bytes.includes("COMMIT\0")) return bytes;
      committing = near;
      return cut === "before" ? null : bytes;
    },
  );
  return { url: proxied, arm: () => (armed = true) };
}

const link = (memberId: string, to: string): LinkChange => ({ place: 0, memberId, from: null, to });
const linksOf = async (service: Service): Promise<unknown[][]> => service.run("SELECT id, kakao_id FROM members WHERE kakao_id < 100 ORDER BY id");
const ours = "application_name = 'kakao-sync' AND datname = current_database()";

/** Waits until the server says so. */
async function until(service: Service, condition: string): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    const [row] = await service.run(`SELECT (${condition})::int`);
    if (row?.[0] === 1n) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never came: ${condition}`);
}

describe.skipIf("missing" in server)(`PostgreSQL: faults${"missing" in server ? `, skipped: ${server.missing}` : ""}`, () => {
  describe("opening", () => {
    it.each([
      ["an unknown database", (url: URL) => (url.pathname = "/kakao_sync_none"), "database-missing"],
      ["an unknown role", (url: URL) => (url.username = "kakao_sync_none"), "database-login"],
      ["an unknown host", (url: URL) => (url.hostname = "kakao-sync.invalid"), "database-host"],
      ["a port where nothing listens", (url: URL) => (url.port = "1"), "database-unreachable"],
      ["an unknown parameter", (url: URL) => (url.search = "?sslmod=require"), "database-url"],
      ["a schema that is not there", (url: URL) => (url.search = "?schema=none"), "database-names"],
    ])("tells %s, and never the password", async (_what, change, code) => {
      const { url } = await createMembers();
      const wrong = new URL(url);
      wrong.password = "hunter2";
      change(wrong);
      const opening = (async () => (await open(wrong.href)).inspect())();
      await expect(opening).rejects.toMatchObject({ exitCode: 2, code, message: expect.not.stringContaining("hunter2"), hint: expect.not.stringContaining("hunter2") });
    });

    it("names a refused parameter of the session, and never its value", async () => {
      const { url } = await createMembers();
      await expect(open(url, { session: { statement_timeout: "s3cret" } })).rejects.toMatchObject({ exitCode: 2, code: "database-session", message: expect.stringMatching(/^(?!.*s3cret).*statement_timeout/) });
    });

    it("refuses another cluster or database as readUrl, and takes the same one", async () => {
      const [{ url }, other] = [await createMembers(), await createMembers()];
      await expect(open(url, { readUrl: other.url })).rejects.toMatchObject({ exitCode: 2, code: "database-other-server" });
      expect(await readAll(await open(url, { readUrl: url }))).toHaveLength(5);
    });

    it("knows a server that does not tell its identifier by its own numbers", async () => {
      const role = `kakao_sync_${process.pid}_plain`;
      const service = await createMembers(`CREATE ROLE ${role} LOGIN`, `GRANT SELECT ON members TO ${role}`, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
      cleanups.push(async () => service.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
      const [one, two] = [await open(as(service.url, role)), await open(as(service.url, role))];
      const [row] = await service.run("SELECT d.oid::text, 'members'::regclass::oid::text FROM pg_database d WHERE datname = current_database()");
      expect([one.identity, two.identity]).toEqual(Array(2).fill(`postgres:oid-${String(row?.[0])}-${String(row?.[1])}/${service.name}`));
      expect((await open(service.url)).identity).toMatch(new RegExp(`^postgres:\\d{15,}/${service.name}$`));
    });

    it("refuses a server that is too old", async () => {
      const { url, run } = await createMembers();
      const [[number] = []] = await run("SELECT current_setting('server_version_num')");
      const old = await openProxy(url, (bytes) => Buffer.from(bytes.toString("latin1").replace(String(number), "090624"), "latin1"));
      await expect(open(old)).rejects.toMatchObject({ exitCode: 2, code: "database-version" });
    });

    it("sets the session's parameters on every connection", async () => {
      const { url } = await createMembers();
      const map = { ...membersMap, members: { ...membersMap.members, name: { kind: "sql" as const, sql: "current_setting('app.key', true) || ' ' || current_setting('TimeZone')" } } };
      const database = await open(url, { session: { "app.key": "it's \\ here" }, map });
      expect((await database.findMembers(0, ["1"]))[0]?.name).toBe("it's \\ here Asia/Seoul");
    });
  });

  describe("what cannot be read", () => {
    it.each([
      ["a view without a key", ["CREATE VIEW people AS SELECT * FROM members UNION ALL SELECT * FROM members"], { table: "people" }, "member-ids", /people\.id is not unique, and a view has no key: 5 ids/],
      ["an id that is not unique", ["CREATE TABLE people AS SELECT * FROM members", "INSERT INTO people SELECT * FROM members WHERE id < 3"], { table: "people" }, "member-ids", /people\.id is not unique: 2 ids/],
      ["ids that are NULL", ["CREATE TABLE people AS SELECT * FROM members", "UPDATE people SET id = NULL WHERE id < 3"], { table: "people" }, "member-ids", /people\.id is NULL in 2 rows/],
      ["an id of a type without order", ["CREATE VIEW people AS SELECT to_jsonb(id) AS id, kakao_id, status, role, phone, email, name, birthdate, last_login_at FROM members"], { table: "people" }, "id-column-type", /jsonb/],
      ["a value in an array", ["ALTER TABLE members ADD COLUMN phones text[]"], { phone: { kind: "column" as const, column: "phones" } }, "value-column-type", /members\.phones is of the type text\[\]/],
    ])("%s", async (_what, statements, members, code, message) => {
      const { url } = await createMembers(...statements);
      await expect((await open(url, { map: { ...membersMap, members: { ...membersMap.members, ...members } } })).inspect()).rejects.toMatchObject({ exitCode: 2, code, message: expect.stringMatching(message) });
    });

    it.each(["double precision", "integer", "numeric(22,2)", "jsonb", "bigint[]", "uuid"])("a link column of the type %s", async (type) => {
      const { url } = await createMembers(`ALTER TABLE members ADD COLUMN kakao ${type}`);
      await expect((await open(url, { map: { ...membersMap, link: { kind: "column", column: "kakao", set: {} } } })).inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-column-type" });
    });

    it("rows that a policy hides: nothing is read instead of a part", async () => {
      const role = `kakao_sync_${process.pid}_policy`;
      const { url, run } = await createMembers(`CREATE ROLE ${role} LOGIN`, `GRANT SELECT ON members TO ${role}`, "ALTER TABLE members ENABLE ROW LEVEL SECURITY", `CREATE POLICY low ON members TO ${role} USING (id < 3)`);
      cleanups.push(async () => run(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
      await expect((await open(as(url, role))).inspect()).rejects.toMatchObject({ exitCode: 2, code: "database-rights" });
    });
  });

  it("reads a view with a key, dates as YYYY-MM-DD and times in the configured zone", async () => {
    const { url } = await createMembers(
      "ALTER TABLE members ADD COLUMN born date, ADD COLUMN verified timestamptz, ADD COLUMN amount numeric",
      "UPDATE members SET born = '1991-02-03', verified = '2026-11-20T15:30:05Z', amount = 1012345678.50 WHERE id = 1",
      "CREATE VIEW people AS SELECT * FROM members",
    );
    const column = (name: string): { kind: "column"; column: string } => ({ kind: "column", column: name });
    const map: ServiceDatabaseMap = { ...membersMap, members: { ...membersMap.members, table: "people", birthdate: column("born"), phone: column("amount"), phoneVerifiedAt: column("verified") } };
    const database = await open(url, { map, session: { DateStyle: "German" } });
    expect((await database.inspect()).missingUniqueIndexes).toMatchObject([{ sql: expect.stringMatching(/^-- people is a view/) }]);
    expect((await readAll(database))[0]).toMatchObject({ id: "1", birthdate: "03.02.1991" });
    const plain = (await readAll(await open(url, { map })))[0];
    expect(plain).toMatchObject({ birthdate: "1991-02-03", phone: "1012345678.50", phoneVerifiedAt: "2026-11-21 00:30:05+09" });
  });

  it("reads every row once over many pages, whatever the rows do in between", async () => {
    const { url, run } = await createMembers("INSERT INTO members (id, status) SELECT i, 'active' FROM generate_series(10, 20010) AS i");
    const ids: string[] = [];
    for await (const page of (await open(url)).readMembers()) {
      if (ids.length === 0) await run("UPDATE members SET role = 'moved' WHERE id % 7 = 0");
      ids.push(...page.map((row) => row.id));
    }
    expect(ids).toEqual([...["1", "2", "3", "4"], ...Array.from({ length: 20_001 }, (_, at) => String(10 + at)), "9007199254740993"]);
  });

  describe("a role that can only read", () => {
    it("makes a plan, and is told to be read-only before anything is written", async () => {
      const role = `kakao_sync_${process.pid}_reader`;
      const service = await createMembers(`CREATE ROLE ${role} LOGIN`, `GRANT SELECT ON members TO ${role}`);
      cleanups.push(async () => service.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
      const database = await open(as(service.url, role));
      expect(await database.inspect()).toMatchObject({ readOnly: true, replica: false });
      expect(await readAll(database)).toHaveLength(5);
      await expect(database.writeLinks([link("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-rights" });
      await service.run(`GRANT UPDATE (kakao_id) ON members TO ${role}`);
      expect(await database.inspect()).toMatchObject({ readOnly: false });
      expect(await database.writeLinks([link("1", "11")], openGuards)).toMatchObject([{ outcome: "written" }]);
    });

    it("respects a database that is set to read-only", async () => {
      const service = await createMembers();
      await service.run(`ALTER DATABASE ${service.name} SET default_transaction_read_only = on`);
      const database = await open(service.url);
      expect(await database.inspect()).toMatchObject({ readOnly: true });
      await expect(database.writeLinks([link("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-read-only" });
    });

    it("changes nothing on a connection that reads, not even by a function in a condition", async () => {
      const service = await createMembers("CREATE FUNCTION spoil() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN UPDATE members SET role = 'spoilt'; RETURN true; END $$");
      const database = await open(service.url, { map: { ...membersMap, members: { ...membersMap.members, where: "spoil()" } } });
      await expect(readAll(database)).rejects.toMatchObject({ code: "database-read-only" });
      expect(await service.run("SELECT count(*) FROM members WHERE role = 'spoilt'")).toEqual([[0n]]);
    });
  });

  describe("writing", () => {
    it("a backend terminated mid-batch: nothing of it counts, and the next batch connects again", async () => {
      const service = await createMembers();
      const database = await open(service.url);
      await database.inspect();
      const guards: ChangeGuards = { unchanged: () => true, intend: () => undefined };
      const blocker = await connect(service.url);
      await blocker.query("BEGIN; UPDATE members SET role = 'x' WHERE id = 1");
      const writing = database.writeLinks([link("1", "11")], guards);
      const outcome = expect(writing).rejects.toMatchObject({ exitCode: 4, code: "database-lost", hint: expect.stringContaining("resume") });
      await until(service, `SELECT count(*) = 1 FROM pg_stat_activity WHERE ${ours} AND wait_event_type = 'Lock'`);
      await service.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ours}`);
      await outcome;
      await blocker.query("COMMIT");
      expect(await linksOf(service)).toEqual([]);
      expect(await database.writeLinks([link("1", "11")], openGuards)).toMatchObject([{ outcome: "written" }]);
      expect(await linksOf(service)).toEqual([[1n, 11n]]);
    });

    it.each(["before", "after"] as const)("a connection that breaks %s the server has answered COMMIT: the outcome is said to be unknown, and the rows tell", async (cut) => {
      const service = await createMembers();
      const proxy = await openCutter(service.url, cut);
      const database = await open(proxy.url);
      await database.inspect();
      proxy.arm();
      await expect(database.writeLinks([link("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-commit-unknown", hint: expect.stringContaining("--apply --plan RUN") });
      expect(await linksOf(service)).toEqual(cut === "before" ? [] : [[1n, 11n]]);
      expect(await (await open(service.url)).writeLinks([link("1", "11")], openGuards)).toMatchObject([cut === "before" ? { outcome: "written" } : { why: "already-linked" }]);
    });

    it("what a guard throws is passed on as it is, and writes nothing", async () => {
      const service = await createMembers();
      const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
      const database = await open(service.url);
      await expect(database.writeLinks([link("1", "11")], { unchanged: () => true, intend: () => { throw full; } })).rejects.toBe(full);
      expect(await linksOf(service)).toEqual([]);
      expect(await database.writeLinks([link("1", "11")], openGuards)).toMatchObject([{ outcome: "written" }]);
    });

    it("a serialization failure at COMMIT does all again, guards included; a bounded number of times", async () => {
      const service = await createMembers(
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') < 3 OR new.id = 4 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER collide AFTER UPDATE ON members DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION collide()",
      );
      const database = await open(service.url);
      const calls: string[] = [];
      const guards: ChangeGuards = { unchanged: () => (calls.push("look"), true), intend: () => void calls.push("intend") };
      expect(await database.writeLinks([link("1", "11")], guards)).toMatchObject([{ outcome: "written" }]);
      expect(calls).toEqual(["look", "intend", "look", "intend", "look", "intend"]);
      await expect(database.writeLinks([link("4", "14")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-conflict" });
      expect([await linksOf(service), await service.run("SELECT last_value FROM tries")]).toEqual([[[1n, 11n]], [[9n]]]);
    });

    it("a deadlock with a second writer is tried again and ends with the same links", async () => {
      const service = await createMembers();
      const database = await open(service.url, { session: { deadlock_timeout: "50ms" } });
      const rival = await connect(service.url);
      await rival.query("SET deadlock_timeout = '10s'; BEGIN; UPDATE members SET role = 'rival' WHERE id = 4");
      const writing = database.writeLinks([link("1", "11"), link("4", "14")], openGuards);
      await until(service, `SELECT count(*) = 1 FROM pg_stat_activity WHERE ${ours} AND wait_event_type = 'Lock'`);
      const blocked = rival.query("UPDATE members SET role = 'rival' WHERE id = 1").then(() => rival.query("COMMIT"));
      expect(await writing).toMatchObject([{ outcome: "written" }, { outcome: "written" }]);
      await blocked;
      // A backend tells the statistics when it goes.
      await database.close();
      await until(service, "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()");
      expect(await service.run("SELECT id, kakao_id, role FROM members WHERE id IN (1, 4) ORDER BY id")).toEqual([[1n, 11n, "rival"], [4n, 14n, "rival"]]);
    });

    it("a statement time-out rolls the batch back and says what to raise", async () => {
      const service = await createMembers();
      const database = await open(service.url, { session: { statement_timeout: "150ms" } });
      const rival = await connect(service.url);
      await rival.query("BEGIN; UPDATE members SET role = 'rival' WHERE id = 4");
      await expect(database.writeLinks([link("1", "11"), link("4", "14")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-time-out", hint: expect.stringContaining("statement_timeout") });
      await rival.query("COMMIT");
      expect(await linksOf(service)).toEqual([]);
      expect(await database.writeLinks([link("1", "11"), link("4", "14")], openGuards)).toMatchObject([{ outcome: "written" }, { outcome: "written" }]);
    });

    it("a lock time-out is its own error", async () => {
      const service = await createMembers();
      const database = await open(service.url, { session: { lock_timeout: "100ms" } });
      const rival = await connect(service.url);
      await rival.query("BEGIN; UPDATE members SET role = 'rival' WHERE id = 4");
      await expect(database.writeLinks([link("4", "14")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-locked" });
      await rival.query("COMMIT");
    });

    it("a row that another connection changes while we wait for it is judged as it is then", async () => {
      const service = await createMembers();
      const database = await open(service.url);
      const rival = await connect(service.url);
      await rival.query("BEGIN; UPDATE members SET kakao_id = 99 WHERE id = 1; UPDATE members SET phone = '0' WHERE id = 4");
      const phones: (string | null)[] = [];
      const writing = database.writeLinks([link("1", "11"), link("4", "14")], { unchanged: (row) => (phones.push(row.phone), false), intend: () => undefined });
      await until(service, `SELECT count(*) = 1 FROM pg_stat_activity WHERE ${ours} AND wait_event_type = 'Lock'`);
      await rival.query("COMMIT");
      expect(await writing).toEqual([{ outcome: "moved", why: "link-changed" }, { outcome: "moved", why: "values-changed" }]);
      expect(phones).toEqual(["0"]);
    });

    it("an id that another connection takes, but has not committed, is left to the unique index", async () => {
      const service = await createMembers();
      const database = await open(service.url);
      const rival = await connect(service.url);
      await rival.query("BEGIN; UPDATE members SET kakao_id = 14 WHERE id = 9007199254740993");
      const writing = database.writeLinks([link("1", "11"), link("4", "14")], openGuards);
      await until(service, `SELECT count(*) = 1 FROM pg_stat_activity WHERE ${ours} AND wait_event_type = 'Lock'`);
      await rival.query("COMMIT");
      expect(await writing).toMatchObject([{ outcome: "written" }, { outcome: "moved", why: "index-refused" }]);
      expect(await linksOf(service)).toEqual([[1n, 11n], [9007199254740993n, 14n]]);
    });

    it("a trigger that undoes the write is noticed inside the transaction; what a trigger says is not repeated", async () => {
      const service = await createMembers(
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.id = 4 THEN RAISE EXCEPTION 'no: %', new.email USING ERRCODE = '23514'; END IF; new.kakao_id := 5; RETURN new; END $$",
        "CREATE TRIGGER meddle BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION meddle()",
      );
      const database = await open(service.url);
      await expect(database.writeLinks([link("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
      await expect(database.writeLinks([link("4", "14")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-failed", message: expect.not.stringContaining("d@example.com") });
      expect(await linksOf(service)).toEqual([]);
    });

    it("a trigger that bends the link afterwards rolls the batch back before any intent; so with a restore", async () => {
      const service = await createMembers("CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE members SET kakao_id = 99 WHERE id = new.id; RETURN NULL; END $$");
      const bend = "CREATE TRIGGER meddle AFTER UPDATE ON members FOR EACH ROW WHEN (new.kakao_id IS DISTINCT FROM 99) EXECUTE FUNCTION meddle()";
      const database = await open(service.url);
      await service.run(bend);
      let intents = 0;
      await expect(database.writeLinks([link("1", "11")], { ...openGuards, intend: () => void (intents += 1) })).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
      expect(intents).toBe(0);
      expect(await linksOf(service)).toEqual([]);
      await service.run("DROP TRIGGER meddle ON members");
      const outcomes = await database.writeLinks([link("1", "11")], openGuards);
      await service.run(bend);
      await expect(database.restoreLinks(restoresOf([link("1", "11")], outcomes))).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
      expect(await linksOf(service)).toEqual([[1n, 11n]]);
    });

    it("fills times, UUIDs and numbers of their own types, refuses what does not fit, and puts all back", async () => {
      const service = await createMembers("ALTER TABLE members ADD COLUMN at timestamptz, ADD COLUMN day date, ADD COLUMN uid uuid, ADD COLUMN rate numeric(6,2) DEFAULT 1, ADD COLUMN ratio double precision, ADD COLUMN raw bytea, ADD COLUMN short varchar(3)");
      const withSet = (set: Extract<ServiceDatabaseMap["link"], { kind: "column" }>["set"]): ServiceDatabaseMap => ({ ...membersMap, link: { kind: "column", column: "kakao_id", set } });
      const database = await open(service.url, { now: () => new Date("2026-11-20T15:30:05Z"), map: withSet({ at: "now", day: "now", uid: "uuid", rate: { literal: 3 }, ratio: { literal: 0.1 }, raw: { literal: "\\x00ff" }, short: { literal: "abc" } }) });
      const outcomes = await database.writeLinks([link("1", "11")], openGuards);
      expect(outcomes).toMatchObject([{ written: { kakao_id: { int: "11" }, at: "2026-11-21 00:30:05+09", day: "2026-11-21", rate: "3.00", ratio: 0.1, raw: { hex: "00ff" }, short: "abc" }, former: { at: null, rate: "1.00" } }]);
      expect(await database.restoreLinks(restoresOf([link("1", "11")], JSON.parse(JSON.stringify(outcomes))))).toEqual(["restored"]);
      expect(await service.run("SELECT kakao_id, at, day, uid, rate, ratio, raw, short FROM members WHERE id = 1")).toEqual([[null, null, null, null, "1.00", null, null, null]]);
      for (const [column, value, code] of [["short", { literal: "abcd" }, "set-column-value"], ["rate", { literal: "x" }, "set-column-value"], ["rate", "now", "set-column-type"], ["day", "uuid", "set-column-type"]] as const) {
        await expect((await open(service.url, { map: withSet({ [column]: value }) })).inspect()).rejects.toMatchObject({ exitCode: 2, code });
      }
    });

    it.each([
      ["numeric(20, 0)", null, "11"],
      ["numeric(20, 0) NOT NULL DEFAULT 0", "0", "11"],
      ["char(20)", null, "11"],
      ["varchar(20) NOT NULL DEFAULT ''", "", "11"],
      ["citext", null, "11"],
      ['text COLLATE "ko-x-icu"', null, "11"],
      ["bigint NOT NULL DEFAULT 0", { int: "0" }, { int: "11" }],
    ])("a link column of the type %s: written, found, taken away, put back", async (type, empty, written) => {
      const service = await createMembers("CREATE EXTENSION citext", `ALTER TABLE members ADD COLUMN kakao ${type}`);
      const map: ServiceDatabaseMap = { ...membersMap, link: { kind: "column", column: "kakao", set: {} } };
      const first = await open(service.url, { map });
      const [missing] = (await first.inspect()).missingUniqueIndexes;
      await service.run(missing?.sql ?? "");
      const database = await open(service.url, { map });
      expect((await database.inspect()).missingUniqueIndexes).toEqual([]);
      const outcomes = await database.writeLinks([link("1", "11"), link("4", "11")], openGuards);
      expect(outcomes).toEqual([{ outcome: "written", former: { kakao: empty }, written: { kakao: written } }, { outcome: "moved", why: "id-held" }]);
      expect([[...(await database.findHeldIds(["11", "12"]))], (await database.findHolders("11")).map((row) => row.id)]).toEqual([["11"], ["1"]]);
      const away: LinkChange[] = [{ place: 0, memberId: "1", from: "11", to: null }];
      const cleared = await database.writeLinks(away, openGuards);
      expect(cleared).toEqual([{ outcome: "written", former: { kakao: written }, written: { kakao: empty } }]);
      expect(await database.restoreLinks(restoresOf(away, cleared))).toEqual(["restored"]);
      expect(await database.restoreLinks(restoresOf([link("1", "11")], outcomes.slice(0, 1)))).toEqual(["restored"]);
      expect((await readAll(database)).map((row) => row.link)).toEqual([null, null, null, null, null]);
    });

    it("many refused rows in a large batch: each is named, all others are written", async () => {
      const service = await createMembers("INSERT INTO members (id, status) SELECT i, 'active' FROM generate_series(1001, 3000) AS i", "ALTER TABLE members ADD COLUMN tag varchar(40)", "CREATE UNIQUE INDEX ON members ((kakao_id % 1000)) WHERE kakao_id BETWEEN 10000 AND 20000");
      const changes = Array.from({ length: 2_000 }, (_, at) => link(String(1001 + at), String(10_000 + (at < 900 ? at : at - 900 + 1_000))));
      const outcomes = await (await open(service.url)).writeLinks(changes, openGuards);
      const refused = outcomes.filter((outcome) => outcome.outcome === "moved" && outcome.why === "index-refused").length;
      expect([refused, outcomes.filter((outcome) => outcome.outcome === "written").length]).toEqual([1_000, 1_000]);
      expect(await service.run("SELECT count(*) FROM members WHERE kakao_id BETWEEN 10000 AND 20000")).toEqual([[1000n]]);
    });
  });

  it("there is no lock through a pooler: it gives its own process number at the door", async () => {
    const service = await createMembers();
    const pooler = await openProxy(service.url, (bytes) => {
      const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) bytes.writeInt32BE(1, at + 5);
      return bytes;
    });
    const [one, two] = [await open(pooler), await open(pooler)];
    const lock = await one.lock();
    expect([lock.unavailable, await lock.isHeld()]).toEqual([expect.stringMatching(/pooler/), true]);
    await (await two.lock()).release();
    await lock.release();
    expect(await service.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).toEqual([[0n]]);
  });

  it("the lock says when its connection is gone", async () => {
    const service = await createMembers();
    const lock = await (await open(service.url)).lock();
    expect(await lock.isHeld()).toBe(true);
    await service.run(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    await until(service, "SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    expect(await lock.isHeld()).toBe(false);
  });
});

function as(url: string, role: string): string {
  const other = new URL(url);
  other.username = role;
  return other.href;
}

