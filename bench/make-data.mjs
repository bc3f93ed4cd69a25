// Makes one population in every form the benchmark needs: a member database, the same members and Kakao users as CSV for the peers, and a workspace with a snapshot.
import Database from "better-sqlite3";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../dist/workspace/workspace.js";
import { readKakaoUser } from "../dist/core/kakao-user.js";

export const KEY = Buffer.alloc(32, 7).toString("base64");

const families = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"];
const given = ["민아", "서준", "지우", "하윤", "도현", "수빈", "예준", "은지", "현우", "지민"];
const domains = ["naver.com", "gmail.com", "daum.net", "hanmail.net", "example.co.kr"];

/** Person n, the same on both sides. CI on 70 % of the members and 80 % of the Kakao users; one in twenty exists on one side only. */
function person(n) {
  const digits = String(20_000_000 + ((n * 7919) % 70_000_000)).padStart(8, "0");
  return {
    ci: createHash("sha512").update(`ci ${n}`).digest("base64"),
    phone: `010${digits}`,
    email: `user${n}@${domains[n % domains.length]}`,
    name: families[n % 10] + given[(n * 3) % 10],
    birthdate: `${1950 + (n % 55)}${String(1 + (n % 12)).padStart(2, "0")}${String(1 + (n % 28)).padStart(2, "0")}`,
  };
}

function writePhone(phone, n) {
  const [, middle, last] = [phone.slice(0, 3), phone.slice(3, 7), phone.slice(7)];
  return [phone, `010-${middle}-${last}`, `010 ${middle} ${last}`, `+82 10-${middle}-${last}`][n % 4];
}

export async function makeData(folder, count) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  makeMembers(folder, count);
  await makeSnapshot(folder, count);
  writeFileSync(join(folder, "kakao-sync.config.yaml"), config);
}

function makeMembers(folder, count) {
  const db = new Database(join(folder, "members.db"));
  db.exec(`create table members (id integer primary key, ci text, phone text, email text, name text, birthdate text, phone_verified_at text, email_verified_at text, status text, kakao_id text);
    create unique index members_kakao_id on members (kakao_id)`);
  const insert = db.prepare("insert into members values (?, ?, ?, ?, ?, ?, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'active', null)");
  const csv = openCsv(join(folder, "members.csv"), "id,ci,phone,email,name,birthdate");
  db.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      const { ci, phone, email, name, birthdate } = person(n);
      const row = [n + 1, n % 10 < 7 ? ci : null, writePhone(phone, n), email, name, birthdate];
      insert.run(...row);
      csv.write(row);
    }
  })();
  csv.close();
  db.close();
}

async function makeSnapshot(folder, count) {
  const csv = openCsv(join(folder, "kakao.csv"), "id,ci,phone,email,name,birthdate");
  const workspace = openWorkspace({ folder: join(folder, ".kakao-sync"), appId: "424242", kind: "real", key: { environment: { KAKAO_SYNC_KEY: KEY } } });
  const now = Math.floor(Date.now() / 1000);
  const pull = workspace.snapshots.beginPull({ properties: ["kakao_account.ci", "kakao_account.phone_number", "kakao_account.email", "kakao_account.name", "kakao_account.birthyear", "kakao_account.birthday"], refreshBefore: 0, now });
  const shift = Math.floor(count / 20);
  for (let start = 0; start < count; start += 1000) {
    const users = [];
    for (let at = start; at < Math.min(count, start + 1000); at += 1) {
      const n = at + shift;
      const { ci, phone, email, name, birthdate } = person(n);
      const id = String(1_000_000_000 + at * 7);
      const phoneNumber = `+82 10-${phone.slice(3, 7)}-${phone.slice(7)}`;
      const given = (at * 13) % 10 < 8 ? ci : null;
      csv.write([id, given, phoneNumber, email, name, birthdate]);
      users.push(readKakaoUser({ id, connectedAt: "2025-01-01T00:00:00Z", hasSignedUp: null, account: { ci: given, phoneNumber, email, isEmailValid: true, isEmailVerified: true, name, birthyear: birthdate.slice(0, 4), birthday: birthdate.slice(4), birthdayType: "SOLAR" } }, () => null));
    }
    pull.addListed(users.map(({ id }) => id));
    const asked = pull.takeForBasics(1000);
    pull.putBasics(asked, asked.map((id) => ({ id, connectedAt: 1_735_689_600, next: "details" })));
    pull.takeForDetails(1000);
    pull.putDetails(users, []);
  }
  pull.finishListing();
  pull.complete(now);
  workspace.close();
  csv.close();
}

function openCsv(path, header) {
  const file = openSync(path, "w");
  let waiting = [`${header}\n`];
  const flush = () => {
    writeSync(file, waiting.join(""));
    waiting = [];
  };
  return {
    write: (row) => {
      waiting.push(`${row.map((cell) => cell ?? "").join(",")}\n`);
      if (waiting.length === 5000) flush();
    },
    close: () => {
      flush();
      closeSync(file);
    },
  };
}

const config = `environment: production
database: { url: "sqlite:./members.db" }
members:
  table: members
  id: id
  ci: ci
  phone: phone
  email: email
  name: name
  birthdate: birthdate
  phoneVerifiedAt: phone_verified_at
  emailVerifiedAt: email_verified_at
  where: "status = 'active'"
link: { column: kakao_id }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}" }
`;
