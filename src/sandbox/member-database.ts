import Database from "better-sqlite3";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { randomFrom } from "../simulator/random.ts";
import { drawMarketingConsent } from "./channel.ts";
import type { DemoMember, DemoPeople } from "./demo-people.ts";

const columns = `id integer primary key, login_id text not null, ci text, phone text, email text, name text, birthdate text,
  phone_verified_at text, email_verified_at text, last_login_at text, status text not null, role text not null, kakao_id text,
  marketing_agreed integer, marketing_agreed_at text, marketing_reconfirmed_at text, night_agreed integer, joined_at text, points integer`;

const tables = `
  create table members (${columns});
  create table members_dormant (${columns});
  create table partner_accounts (id integer primary key, kakao_id text not null);`;

const indexes = `
  create unique index members_kakao_id on members (kakao_id);
  create unique index members_dormant_kakao_id on members_dormant (kakao_id);
  create unique index partner_accounts_kakao_id on partner_accounts (kakao_id);`;

const firstMemberId = 10_001;
const rowsATurn = 5_000;
const day = 86_400_000;

/**
 * Makes the shop's database: members, dormant members and the accounts of its second brand. Looks between some thousand rows whether it is to
 * stop, and throws the signal's reason then.
 */
export async function createMemberDatabase(file: string, people: DemoPeople, now: number, signal: AbortSignal): Promise<void> {
  const db = new Database(file);
  try {
    db.pragma("synchronous = off");
    db.exec(`begin; ${tables}`);
    const [live, dormant] = ["members", "members_dormant"].map((table) => db.prepare(`insert into ${table} values (${"?, ".repeat(18)}?)`));
    let id = firstMemberId;
    for (const member of people.members()) {
      (member.draft.isDormant === true ? dormant : live)?.run(toRow(id, member, now));
      id += 1;
      if (id % rowsATurn === 0) await letOthersRun();
      signal.throwIfAborted();
    }
    const partner = db.prepare("insert into partner_accounts (kakao_id) values (?)");
    for (const kakaoId of people.partnerIds()) partner.run(kakaoId);
    db.exec(`${indexes} commit`);
    db.pragma("journal_mode = wal");
  } finally {
    db.close();
  }
}

function toRow(id: number, { draft, kakaoId, formerId }: DemoMember, now: number): unknown[] {
  const random = randomFrom(id);
  const joined = now - (400 + random() * 2000) * day;
  const verified = (value: string | null, never: true | undefined): string | null => (value === null || never === true ? null : formatLocal(joined + random() * 300 * day));
  const lastLogin = draft.isDormant === true ? joined + 10 * day : now - (1 + random() * 300) * day;
  const marketing = drawMarketingConsent(id, now);
  const links = { own: kakaoId, former: formerId, malformed: `kakao:${formerId ?? ""}` };
  return [
    id,
    `shop${id}`,
    draft.ci,
    writePhone(draft.phone, random()),
    writeEmail(draft.email, random()),
    writeName(draft.name, random()),
    writeBirthdate(draft.birthdate, random()),
    verified(draft.phone, draft.phoneUnverified),
    verified(draft.email, draft.emailUnverified),
    formatLocal(lastLogin),
    draft.status ?? "active",
    draft.role ?? "customer",
    draft.link === undefined ? null : links[draft.link],
    marketing.agreed,
    marketing.agreedAt === null ? null : formatLocal(marketing.agreedAt),
    marketing.reconfirmedAt === null ? null : formatLocal(marketing.reconfirmedAt),
    marketing.night,
    formatLocal(joined),
    (id * 37) % 5_000,
  ];
}

/** The same number as shops have it after years of forms and imports. */
const phoneForms: readonly ((head: string, middle: string, tail: string) => string)[] = [
  (head, middle, tail) => `0${head}-${middle}-${tail}`,
  (head, middle, tail) => `0${head}-${middle}-${tail}`,
  (head, middle, tail) => `0${head}${middle}${tail}`,
  (head, middle, tail) => `0${head}${middle}${tail}`,
  (head, middle, tail) => `+82 ${head}-${middle}-${tail}`,
  (head, middle, tail) => `+82${head}${middle}${tail}`,
  (head, middle, tail) => `0082 ${head} ${middle} ${tail}`,
  (head, middle, tail) => `0${head}.${middle}.${tail}`,
  (head, middle, tail) => `(0${head}) ${middle} ${tail}`,
  (head, middle, tail) => `${head}${middle}${tail}`,
  (head, middle, tail) => `０${[...head, ...middle, ...tail].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join("")}`,
];

function writePhone(phone: string | null, chance: number): string | null {
  const [, head, middle, tail] = /^\+82 0?(10)-(\d{4})-(\d{4})$/.exec(phone ?? "") ?? [];
  if (head === undefined || middle === undefined || tail === undefined) return phone;
  return phoneForms[Math.floor(chance * phoneForms.length)]?.(head, middle, tail) ?? phone;
}

function writeEmail(email: string | null, chance: number): string | null {
  if (email === null || chance > 0.1) return email;
  return chance > 0.05 ? `${email.charAt(0).toUpperCase()}${email.slice(1)}` : ` ${email}`;
}

/** Latin names also family name first and in capitals. */
function writeName(name: string | null, chance: number): string | null {
  if (name === null || chance > 0.3) return name;
  return /^[A-Za-z ]+$/.test(name) ? name.split(" ").reverse().join(" ").toUpperCase() : chance > 0.05 ? name : `${name.slice(0, 1)} ${name.slice(1)}`;
}

function writeBirthdate(birthdate: string | null, chance: number): string | null {
  if (birthdate === null || chance < 0.2) return birthdate;
  return [birthdate.slice(0, 4), birthdate.slice(4, 6), birthdate.slice(6)].join(chance < 0.25 ? "." : "-");
}

/** `YYYY-MM-DD HH:MM:SS` in Korea, without a zone, as `database.timeZone` says. */
function formatLocal(ms: number): string {
  return new Date(ms + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
