import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import type { Connection } from "mysql2/promise";
import { afterEach, describe, expect, it } from "vitest";
import type { MemberRow } from "../../src/core/member.ts";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { LinkChange, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { connect, createMysqlDatabase, query, runAlone } from "../contracts/mysql-server.ts";
import { membersMap, membersSql, openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { findMysql } from "../helpers/servers.ts";

const server = await findMysql();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Service = Awaited<ReturnType<typeof createMysqlDatabase>>;

async function createMembers(url: string, more: readonly string[] = []): Promise<Service> {
  const service = await createMysqlDatabase(url, [...membersSql, ...more]);
  cleanups.push(() => service.remove());
  return service;
}

async function open(url: string, { map = membersMap, session = {} }: { map?: ServiceDatabaseMap; session?: Readonly<Record<string, string>> } = {}): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url, timeZone: "Asia/Seoul", session, map, now: () => new Date("2026-11-20T15:30:05Z") });
  cleanups.push(() => database.close());
  return database;
}

/** A second program that writes: a transaction of its own, begun with these statements. */
async function begin(service: Service, ...statements: readonly string[]): Promise<Connection> {
  const other = await connect(service.url);
  other.on("error", () => undefined);
  cleanups.push(() => other.destroy());
  for (const statement of ["START TRANSACTION", ...statements]) await query(other, statement);
  return other;
}

/** The number of the connection that waits for a lock in this database. */
async function waitForWaiting(service: Service, url: string): Promise<string> {
  for (let turn = 0; turn < 30; turn += 1) {
    const rows = await runAlone(url, `SELECT CAST(p.id AS CHAR) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = '${service.name}'`);
    if (rows[0] !== undefined) return String(rows[0][0]);
    // MariaDB renews this list only when it was not asked for during a tenth of a second.
    await wait(150);
  }
  throw new Error("nobody waited for a lock");
}

/** Runs statements on a connection of its own while this thread waits: inside a guard nothing else may happen. Gives the error number or "done". */
function runMeanwhile(url: string, ...statements: readonly string[]): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  const options = { host: hostname, port: Number(port || 3306), user: decodeURIComponent(username), password: decodeURIComponent(password), database: pathname.slice(1) };
  const script = `const { createConnection } = await import("mysql2/promise"); const c = await createConnection(${JSON.stringify(options)}); try { for (const sql of ${JSON.stringify(statements)}) await c.query(sql); console.log("done"); } catch (error) { console.log(error.errno); } c.destroy();`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return stdout.trim() || stderr;
}

const change = (memberId: string, to: string | null, from: string | null = null): LinkChange => ({ place: 0, memberId, from, to });
const linksSql = "SELECT id, kakao_id FROM members WHERE id IN (1, 4) ORDER BY id";

function describeFaults(url: string): void {
  describe("while links are written", () => {
    it("a connection that is killed ends the batch, and the next attempt writes it", async () => {
      const service = await createMembers(url);
      const database = await open(service.url);
      const other = await begin(service, "UPDATE members SET phone = '1' WHERE id = 4");
      const writing = database.writeLinks([change("1", "11"), change("4", "14")], openGuards);
      const failed = expect(writing).rejects.toMatchObject({ exitCode: 4, code: "database-lost", hint: expect.stringContaining("--apply --plan RUN") });
      await runAlone(url, `KILL ${await waitForWaiting(service, url)}`);
      await failed;
      await query(other, "COMMIT");
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, null]]);
      expect(await database.writeLinks([change("1", "11"), change("4", "14")], openGuards)).toMatchObject([{ outcome: "written" }, { outcome: "written" }]);
    });

    it("a connection that breaks at the commit leaves the outcome unknown, and the rows say it", async () => {
      const service = await createMembers(url);
      const database = await open(service.url);
      const kill = (): boolean => {
        const script = `SET @id = (SELECT MAX(trx_mysql_thread_id) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = '${service.name}' AND p.id <> CONNECTION_ID())`;
        expect(runMeanwhile(service.url, script, "SET @kill = CONCAT('KILL ', @id)", "PREPARE kill_it FROM @kill", "EXECUTE kill_it")).toBe("done");
        return true;
      };
      await expect(database.writeLinks([change("1", "11")], { unchanged: () => true, intend: () => void kill() })).rejects.toMatchObject({ exitCode: 4, code: "database-commit-unknown" });
      // What is left of a transaction never runs on another connection, where it would be no transaction.
      await expect(database.writeLinks([change("1", "11")], { unchanged: kill, intend: () => undefined })).rejects.toMatchObject({ exitCode: 4, code: "database-lost" });
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, null]]);
      expect(await database.writeLinks([change("1", "11")], openGuards)).toMatchObject([{ outcome: "written" }]);
    });

    it("a deadlock is tried again, and the guard sees the rows as the other writer left them", async () => {
      const service = await createMembers(url, ["CREATE TABLE busy (id BIGINT PRIMARY KEY)", `INSERT INTO busy VALUES ${Array.from({ length: 500 }, (_, at) => `(${at})`).join(", ")}`]);
      const database = await open(service.url);
      // The server gives up the transaction that has changed less.
      const other = await begin(service, "UPDATE members SET phone = 'changed' WHERE id = 4", "UPDATE busy SET id = id + 1000");
      const seen: (string | null)[] = [];
      const writing = database.writeLinks([change("1", "11"), change("4", "14")], { unchanged: (row: MemberRow) => (seen.push(row.phone), row.phone !== "changed"), intend: () => undefined });
      await waitForWaiting(service, url);
      await query(other, "UPDATE members SET email = 'x@example.com' WHERE id = 1");
      await query(other, "COMMIT");
      expect(await writing).toMatchObject([{ outcome: "written" }, { why: "values-changed" }]);
      expect(seen.slice(-2)).toEqual(["010-2345-6789", "changed"]);
      expect(await service.run(linksSql)).toEqual([[1n, 11n], [4n, null]]);
    });

    it("a lock that does not come ends the batch after some attempts, with nothing written", async () => {
      const service = await createMembers(url);
      const database = await open(service.url, { session: { innodb_lock_wait_timeout: "1" } });
      await begin(service, "UPDATE members SET phone = '1' WHERE id = 4");
      await expect(database.writeLinks([change("1", "11"), change("4", "14")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-locked" });
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, null]]);
    });

    it("nobody else changes a row between the look and the commit", async () => {
      const service = await createMembers(url);
      const meanwhile: string[] = [];
      const attempt = (): boolean => meanwhile.push(runMeanwhile(service.url, "SET innodb_lock_wait_timeout = 1", "UPDATE members SET phone = '1' WHERE id = 1")) > 0;
      expect(await (await open(service.url)).writeLinks([change("1", "11")], { unchanged: attempt, intend: () => void attempt() })).toMatchObject([{ outcome: "written" }]);
      expect(meanwhile).toEqual(["1205", "1205"]);
    });

    it("nor a member whose link is in a table of its own, for which the right to read is enough", async () => {
      const service = await createMembers(url, ["CREATE TABLE accounts (member_id BIGINT PRIMARY KEY, kakao_id BIGINT UNIQUE)"]);
      const map: ServiceDatabaseMap = { ...membersMap, link: { kind: "table", table: "accounts", memberId: "member_id", kakaoId: "kakao_id", fixed: {}, set: {} } };
      const user = await createUser(url, service, ["SELECT ON `members`", "SELECT, INSERT, UPDATE, DELETE ON `accounts`"]);
      const database = await open(user, { map });
      expect((await database.inspect()).readOnly).toBe(false);
      const meanwhile: string[] = [];
      const attempt = (): boolean => meanwhile.push(runMeanwhile(service.url, "SET innodb_lock_wait_timeout = 1", "UPDATE members SET phone = '1' WHERE id = 1")) > 0;
      expect(await database.writeLinks([change("1", "11")], { unchanged: attempt, intend: () => undefined })).toMatchObject([{ outcome: "written", written: { kakao_id: { int: "11" } } }]);
      expect(meanwhile).toEqual(["1205"]);
    });

    it("an id that another transaction has just given away is refused by the index, and the others are written", async () => {
      const service = await createMembers(url);
      const database = await open(service.url);
      const other = await begin(service, "UPDATE members SET kakao_id = 11 WHERE id = 9007199254740993");
      const writing = database.writeLinks([change("1", "11"), change("4", "14")], openGuards);
      await waitForWaiting(service, url);
      await query(other, "COMMIT");
      expect(await writing).toMatchObject([{ outcome: "moved", why: "index-refused" }, { outcome: "written" }]);
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, 14n]]);
    });

    it("a trigger that bends the link stops the batch", async () => {
      const service = await createMembers(url, ["CREATE TRIGGER bend BEFORE UPDATE ON members FOR EACH ROW SET NEW.kakao_id = NEW.kakao_id + 1"]);
      await expect((await open(service.url)).writeLinks([change("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, null]]);
    });

    it("a trigger that bends what undo brings back stops the batch", async () => {
      const service = await createMembers(url, []);
      const database = await open(service.url);
      const outcomes = await database.writeLinks([change("1", "11")], openGuards);
      await service.run("CREATE TRIGGER bend BEFORE UPDATE ON members FOR EACH ROW SET NEW.kakao_id = 99");
      await expect(database.restoreLinks(restoresOf([change("1", "11")], outcomes))).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
      expect(await service.run(linksSql)).toEqual([[1n, 11n], [4n, null]]);
    });

    it("a value of a member in the server's sentence is not repeated", async () => {
      const service = await createMembers(url, ["CREATE TRIGGER tell BEFORE UPDATE ON members FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a@example.com is not to be changed'"]);
      const failed = await (await open(service.url)).writeLinks([change("1", "11")], openGuards).catch((error: unknown) => error);
      expect(failed).toMatchObject({ exitCode: 4, message: expect.stringMatching(/1644/) });
      expect(failed).toMatchObject({ message: expect.not.stringContaining("example") });
    });

    it("a table without transactions is refused before anything is written", async () => {
      const service = await createMembers(url, ["ALTER TABLE members ENGINE = MyISAM"]);
      await expect((await open(service.url)).writeLinks([change("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-no-transactions", message: expect.stringContaining("MyISAM") });
      expect(await service.run(linksSql)).toEqual([[1n, null], [4n, null]]);
    });

    it("a run that was killed is resumed: former values come back as they were", async () => {
      const service = await createMembers(url);
      const changes = [change("1", "11"), change("2", null, "9223372036854775807")];
      const outcomes = await (await open(service.url)).writeLinks(changes, openGuards);
      const database = await open(service.url);
      const other = await begin(service, "UPDATE members SET phone = '1' WHERE id = 2");
      const failed = expect(database.restoreLinks(restoresOf(changes, outcomes))).rejects.toMatchObject({ exitCode: 4, code: "database-lost" });
      await runAlone(url, `KILL ${await waitForWaiting(service, url)}`);
      await failed;
      await query(other, "ROLLBACK");
      expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(["restored", "restored"]);
    });
  });

  describe("while members are read", () => {
    it("a statement that runs too long is stopped, and the command says by what", async () => {
      const service = await createMembers(url);
      const [[limit] = []] = await service.run("SELECT IF(VERSION() LIKE '%MariaDB%', 'max_statement_time', 'max_execution_time')");
      const session = limit === "max_statement_time" ? { max_statement_time: "0.2" } : { max_execution_time: "200" };
      const database = await open(service.url, { session, map: { ...membersMap, members: { ...membersMap.members, where: "BENCHMARK(80000000, SHA2(id, 512)) = 0" } } });
      await expect(readAll(database)).rejects.toMatchObject({ exitCode: 4, code: "database-time-out", hint: expect.stringContaining("max_statement_time") });
    });

    it("a connection that goes away is told, and the next reading has another one", async () => {
      const service = await createMembers(url);
      // The statement takes a second: it is under way when its connection is killed. A connection that goes while nothing runs on it is only opened anew.
      const database = await open(service.url, { map: { ...membersMap, members: { ...membersMap.members, where: "SLEEP(0.3) = 0" } } });
      const reading = expect(readAll(database)).rejects.toMatchObject({ exitCode: 4, code: "database-lost" });
      const running = (): Promise<unknown[][]> => runAlone(url, `SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = '${service.name}' AND command = 'Query' AND info LIKE '%SLEEP%'`);
      await expect.poll(running, { timeout: 10_000 }).toHaveLength(1);
      for (const [id] of await running()) await runAlone(url, `KILL ${String(id)}`);
      await reading;
      expect(await readAll(database)).toHaveLength(5);
    });
  });

  describe("opening", () => {
    it("a user who can only read is enough for a plan, and no more", async () => {
      const service = await createMembers(url);
      const database = await open(await createUser(url, service, ["SELECT ON *"]));
      expect(await database.inspect()).toMatchObject({ rows: [5], readOnly: true });
      expect(await readAll(database)).toHaveLength(5);
      await expect(database.writeLinks([change("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-rights", message: expect.stringMatching(/1142/), hint: expect.stringContaining("Grant UPDATE") });
      expect((await (await open(service.url)).inspect()).readOnly).toBe(false);
    });

    it("the right to change the link column alone is enough to write it", async () => {
      const service = await createMembers(url);
      const database = await open(await createUser(url, service, ["SELECT, UPDATE (`kakao_id`) ON `members`"]));
      expect((await database.inspect()).readOnly).toBe(false);
      expect(await database.writeLinks([change("1", "11")], openGuards)).toMatchObject([{ outcome: "written" }]);
    });

    it("tells a wrong password, host, port, database and certificate apart, and never the password", async () => {
      const service = await createMembers(url);
      const user = new URL(await createUser(url, service, ["SELECT ON *"]));
      const changed = (change: (one: URL) => void): string => {
        const one = new URL(user.href);
        change(one);
        return one.href;
      };
      const [[, tls] = []] = await service.run("SHOW GLOBAL VARIABLES LIKE 'have_ssl'");
      const wrong: [string, string][] = [
        [changed((one) => (one.password = "Sesame-7-wrong")), "database-login"],
        [changed((one) => (one.hostname = "no-such-host.invalid")), "database-host"],
        [changed((one) => (one.port = "1")), "database-unreachable"],
        [changed((one) => (one.search = "?socket=/nowhere/mysqld.sock")), "database-unreachable"],
        [changed((one) => ([one.username, one.password, one.pathname] = [new URL(url).username, new URL(url).password, "/no_such_database"])), "database-missing"],
        [changed((one) => ([one.hostname, one.search] = tls === "YES" ? ["localhost", "?sslmode=verify-full"] : [one.hostname, "?sslmode=require"])), tls === "YES" ? "database-certificate" : "database-tls"],
        [changed((one) => (one.search = "?sslmode=verify-ca&ssl-ca=/nowhere/ca.pem")), "database-certificate"],
        [changed((one) => (one.search = "?compress=1")), "database-url"],
        [changed((one) => (one.search = "?sslmode=maybe")), "database-url"],
        [changed((one) => (one.pathname = "/")), "database-url"],
        ["mysql:shop", "database-url"],
      ];
      for (const [one, code] of wrong) {
        const failed = await open(one).catch((error: unknown) => error);
        expect(failed).toMatchObject({ exitCode: 2, code, hint: expect.stringMatching(/\w/) });
        expect(JSON.stringify([failed, failed instanceof Error && failed.message])).not.toMatch(/Sesame/);
      }
    });

    it("accepts a view whose key shows, and refuses one without", async () => {
      const service = await createMembers(url, ["CREATE VIEW buyers AS SELECT * FROM members WHERE status = 'active'", "CREATE VIEW twice AS SELECT m.* FROM members m JOIN members o ON o.id >= m.id", "CREATE VIEW summed AS SELECT id, MAX(status) AS status FROM members GROUP BY id"]);
      const members = (table: string): ServiceDatabaseMap => ({ ...membersMap, members: { table, id: "id", where: "all" } });
      expect(await (await open(service.url, { map: members("buyers") })).inspect()).toMatchObject({ rows: [2] });
      for (const view of ["twice", "summed"]) {
        await expect((await open(service.url, { map: { ...members(view), link: { kind: "column", column: "status", set: {} } } })).inspect()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(view) });
      }
    });
  });
}

/** A user of this test with these rights, as the URL of the service's database. */
async function createUser(url: string, service: Service, rights: readonly string[]): Promise<string> {
  const name = service.name.slice(-12);
  await runAlone(url, `CREATE USER '${name}'@'%' IDENTIFIED BY 'Sesame-7'`);
  cleanups.push(() => runAlone(url, `DROP USER '${name}'@'%'`));
  for (const right of rights) await runAlone(url, `GRANT ${right.replace("ON ", `ON ${service.name}.`)} TO '${name}'@'%'`);
  const own = new URL(service.url);
  [own.username, own.password] = [name, "Sesame-7"];
  return own.href;
}

if ("url" in server) describeFaults(server.url);
else describe("MySQL: faults", () => it.skip(server.missing));
