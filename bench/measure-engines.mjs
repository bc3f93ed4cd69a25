// Reading and applying on PostgreSQL and MySQL or MariaDB, beside the server's own tools: a dump of the same columns, and one set-based UPDATE of the same rows.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { KEY } from "./make-data.mjs";
import { runNode } from "./run-process.mjs";

const here = new URL(".", import.meta.url).pathname;
const program = resolve(here, "../bin/kakao-sync.js");
const columns = "id, status = 'active', kakao_id, ci, phone, email, name, birthdate, phone_verified_at, email_verified_at";
const values = "ci varchar(88), phone varchar(20), email varchar(100), name varchar(50), birthdate varchar(10), phone_verified_at varchar(20) default '2026-01-01 00:00:00', email_verified_at varchar(20) default '2026-01-01 00:00:00', status varchar(10) default 'active', kakao_id bigint unique";

/** How each server is reached by its own client, and its words for the same things. */
const servers = {
  postgres: {
    url: new URL(process.env.KAKAO_SYNC_TEST_POSTGRES ?? "postgres://root@127.0.0.1:5432/test"),
    client: (url) => ["psql", ["-qX", "-v", "ON_ERROR_STOP=1", url.href]],
    load: (csv) => `create table members (id bigint primary key, ${values}); \n\\copy members (id, ci, phone, email, name, birthdate) from '${csv}' csv header\nanalyze members;`,
    dump: (file) => `\\copy (select ${columns} from members order by id) to '${file}'`,
    copy: "create table peer (like members including all); insert into peer select * from members; create table links (id bigint primary key, kakao_id bigint); analyze peer;",
    update: "update peer set kakao_id = links.kakao_id from links where links.id = peer.id;",
  },
  mysql: {
    url: new URL(process.env.KAKAO_SYNC_TEST_MYSQL ?? "mysql://root@127.0.0.1:3306/test"),
    client: (url) => ["mariadb", ["--local-infile=1", "-h", url.hostname, "-P", url.port || "3306", "-u", url.username, ...(url.password === "" ? [] : [`-p${url.password}`]), "--quick", "-BN", url.pathname.slice(1)]],
    load: (csv) => `create table members (id bigint primary key, ${values}); load data local infile '${csv}' into table members character set utf8mb4 fields terminated by ',' lines terminated by '\\n' ignore 1 lines (id, @ci, phone, email, name, birthdate) set ci = nullif(@ci, '');`,
    dump: () => `select ${columns} from members order by id;`,
    copy: "create table peer like members; insert into peer select * from members; create table links (id bigint primary key, kakao_id bigint);",
    update: "update peer join links on links.id = peer.id set peer.kakao_id = links.kakao_id;",
  },
};

/** Prints a line for each server that answers. `data` holds members.csv and a workspace with a snapshot. */
export function measureEngines(data) {
  for (const [engine, server] of Object.entries(servers)) {
    const name = `kakao_sync_bench_${process.pid}`;
    if (runSql(server, server.url, `create database ${name};`).failed !== undefined) {
      console.log(`${engine}: no server answers at ${server.url.host}, not measured`);
      continue;
    }
    try {
      measureEngine(engine, server, name, data);
    } finally {
      runSql(server, server.url, `drop database ${name};`);
    }
  }
}

function measureEngine(engine, server, name, data) {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const work = join(here, ".data", "work");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  cpSync(join(data, ".kakao-sync"), join(work, ".kakao-sync"), { recursive: true });
  writeFileSync(join(work, "kakao-sync.config.yaml"), readFileSync(join(data, "kakao-sync.config.yaml"), "utf8").replace("sqlite:./members.db", url.href));
  must(runSql(server, url, server.load(join(data, "members.csv"))));

  const reads = [1, 2, 3].map(() => [runNode([join(here, "read-members.mjs"), url.href]), must(runSql(server, url, server.dump(join(work, "dump")), join(work, "dump.out")))]);
  tell(`${engine}: members read`, reads, reads[0][0].stdout.trim());

  must(runSql(server, url, server.copy));
  const env = { KAKAO_SYNC_KEY: KEY, KAKAO_SYNC_OPERATOR: "bench" };
  const planned = runNode([program, "map-members", "--json", "--quiet"], { cwd: work, env });
  const { run } = JSON.parse(planned.stdout);
  const applied = runNode([program, "map-members", "--apply", "--plan", run, "--yes", "--json", "--quiet"], { cwd: work, env });
  must(runSql(server, url, "insert into links select id, kakao_id from members where kakao_id is not null;"));
  const update = must(runSql(server, url, server.update));
  console.log(`${engine}: plan ${planned.seconds.toFixed(1)} s, peak ${planned.megabytes.toFixed(0)} MB`);
  tell(`${engine}: links applied`, [[applied, update]], `done ${JSON.parse(applied.stdout).applied.done}`);
  rmSync(work, { recursive: true });
}

function tell(what, pairs, done) {
  const mean = (at) => pairs.reduce((sum, pair) => sum + pair[at].seconds, 0) / pairs.length;
  console.log(`${what}: ${mean(0).toFixed(1)} s, peak ${Math.max(...pairs.map(([{ megabytes }]) => megabytes)).toFixed(0)} MB (${done}); the server's own ${mean(1).toFixed(1)} s   ours takes ${(mean(0) / mean(1)).toFixed(2)} × the time`);
}

/** Runs statements with the server's own client; what it prints goes to `output`. */
function runSql(server, url, sql, output = "/dev/null") {
  const [command, args] = server.client(url);
  const file = openSync(output, "w");
  const started = performance.now();
  const done = spawnSync(command, args, { input: sql, stdio: ["pipe", file, "pipe"], encoding: "utf8" });
  closeSync(file);
  const seconds = (performance.now() - started) / 1000;
  return done.status === 0 ? { seconds } : { seconds, failed: `${command}: ${done.error?.message ?? done.stderr}` };
}

function must(result) {
  if (result.failed !== undefined) throw new Error(result.failed);
  return result;
}
