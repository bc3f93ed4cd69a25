// node bench/export-targets.mjs [--rows 1000000]: a customer file beside the sqlite3 shell's own CSV export of the same rows, and how the memory grows. Also part of npm run bench.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { KEY } from "./make-data.mjs";
import { runNode } from "./run-process.mjs";

const program = resolve(new URL(".", import.meta.url).pathname, "../bin/kakao-sync.js");
const env = { KAKAO_SYNC_KEY: KEY, KAKAO_SYNC_OPERATOR: "bench" };
const turns = 3;

/** What an operator would type instead: live, agreed, of age, with a Kakao id. */
const peerSql = `select kakao_id as "앱유저아이디", region as "지역", replace(substr(created_at, 1, 10), '-', '') as "가입일", vip_level from members
  where status = 'active' and marketing_agreed = 1 and marketing_agreed_at is not null and birthdate <= '20120101' and kakao_id is not null order by id`;

const config = `environment: production
database: { url: "sqlite:./members.db" }
members: { table: members, id: id, phone: phone, birthdate: birthdate, where: "status = 'active'", withdrawn: "status = 'left'" }
link: { column: kakao_id }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}" }
channel:
  publicId: _Abcd
  idType: app
  marketing: { agreed: marketing_agreed, agreedAt: marketing_agreed_at }
  fields: { 지역: region, 가입일: { column: created_at, format: YYYYMMDD }, vip_level: { column: vip_level, type: number } }
`;

/** Both take turns, ours and the shell's; the files must hold the same rows. */
export function measureExport(rows) {
  const folder = makeShop(rows);
  const [ours, shell] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    ours.push(runExport(folder));
    shell.push(runShell(folder));
  }
  compareFiles(folder);
  const [mine, theirs] = [ours, shell].map((runs) => runs.reduce((sum, { seconds }) => sum + seconds, 0) / turns);
  const megabytes = Math.max(...ours.map((run) => run.megabytes));
  console.log(`customer file: ${mine.toFixed(1)} s (mean of ${turns}), peak ${megabytes.toFixed(0)} MB  (${ours[0].exported} of ${rows} rows)`);
  console.log(`sqlite3 shell, the same rows as CSV: ${theirs.toFixed(1)} s (mean of ${turns})   ours takes ${(mine / theirs).toFixed(2)} × the time`);
  rmSync(folder, { recursive: true });
  return megabytes;
}

/** Peak memory at a tenth of the rows, at half of them and at all: up to some hundred thousand rows it is the collector's own leeway that grows. */
export function measureExportGrowth(rows) {
  const [tenth, half] = [rows / 10, rows / 2].map(peakOf);
  const all = measureExport(rows);
  console.log(`peak memory at ${rows / 10} rows ${tenth.toFixed(0)} MB, at ${rows / 2} rows ${half.toFixed(0)} MB, at ${rows} rows ${all.toFixed(0)} MB: from half to all ${(((all - half) * 2 ** 20) / (rows / 2)).toFixed(0)} bytes a row\n`);
}

function peakOf(rows) {
  const folder = makeShop(rows);
  const peak = Math.max(...Array.from({ length: turns }, () => runExport(folder).megabytes));
  rmSync(folder, { recursive: true });
  return peak;
}

function runExport(folder) {
  const { stdout, ...figures } = runNode([program, "export-channel-targets", "--purpose", "bench", "--encoding", "utf8", "--to", folder, "--json", "--quiet"], { cwd: folder, env });
  return { ...figures, exported: JSON.parse(stdout).exported };
}

function runShell(folder) {
  const out = openSync(join(folder, "shell.csv"), "w", 0o600);
  const started = performance.now();
  const done = spawnSync("sqlite3", ["-csv", "-header", "members.db", peerSql], { cwd: folder, stdio: ["ignore", out, "inherit"] });
  closeSync(out);
  if (done.status !== 0) throw new Error(`sqlite3 ended with ${done.status}`);
  return { seconds: (performance.now() - started) / 1000 };
}

/** The shell ends its lines with CRLF and quotes whatever is not ASCII. */
function compareFiles(folder) {
  const [ours, shell] = ["targets.csv", "shell.csv"].map((name) => readFileSync(join(folder, name), "utf8").replaceAll(/["\r]/g, ""));
  if (ours !== shell) throw new Error(`the two files differ: ${folder}`);
}

/** Nine in ten are live, four in five have a Kakao id, seven in ten agreed, some say no, some were never asked, one in fifty is too young. */
function makeShop(count) {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-export-"));
  const db = new Database(join(folder, "members.db"));
  db.exec(`create table members (id integer primary key, phone text, kakao_id text unique, status text, region text, created_at text, birthdate text, vip_level integer, marketing_agreed integer, marketing_agreed_at text)`);
  const insert = db.prepare("insert into members values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const regions = ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기 성남시 분당구", "제주"];
  const day = (n) => `${String(2 + (n % 11)).padStart(2, "0")}-${String(1 + (n % 28)).padStart(2, "0")}`;
  db.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      const agreed = [1, 1, 1, 1, 1, 1, 1, 0, 0, null][(n * 7) % 10];
      insert.run(
        n + 1, `010${String(20_000_000 + n).padStart(8, "0")}`, n % 5 === 4 ? null : String(1_000_000_000 + ((n * 7919) % count) * 7),
        n % 10 === 3 ? (n % 20 === 3 ? "left" : "dormant") : "active", regions[n % 10], `${2015 + (n % 10)}-${day(n)} 12:34:56`,
        `${n % 50 === 8 ? 2020 : 1950 + (n % 55)}${day(n).replace("-", "")}`, n % 5, agreed, agreed === null ? null : `2026-0${1 + (n % 9)}-15 09:00:00`,
      );
    }
  })();
  db.close();
  writeFileSync(join(folder, "kakao-sync.config.yaml"), config);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf("--rows");
  measureExportGrowth(at < 0 ? 1_000_000 : Number(process.argv[at + 1]));
}
