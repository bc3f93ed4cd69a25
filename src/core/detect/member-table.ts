import { readContents } from "./contents.ts";
import { type SampledTable, type TableLook, valuesOf } from "./look.ts";
import { readNameFor, spellName } from "./names.ts";

/** Tables that are looked into: more than this many have only their names read. */
export const mostSampled = 60;

const member = /(?:^|_)(?:member|members|user|users|customer|customers|cust|account|accounts|people|person|회원|고객)(?:_?(?:info|master|mst|tb|tbl|t|base|basic|정보))?$/;
const other = /log|hist|history|backup|bak|back|temp|tmp|order|address|session|token|admin|staff|manager|permission|group|role|setting|meta|device|point|coupon|grade|cert|social|oauth|identit|profile|verification|migration|queue|message|password|preference|로그|이력|주문|관리자/;
const dormant = /dormant|sleep|inactive|rest_|_rest|휴면/;
const nothing = /^(?:pg_|sql_|sqlite_)|schema_migrations|ar_internal_metadata|django_|migrations$/;

/** Tables in the order in which they are worth a look, by what they are called and what their columns are called. */
export function rankByNames(tables: readonly TableLook[]): readonly TableLook[] {
  return [...tables].sort((left, right) => scoreNames(right) - scoreNames(left) || (right.rows ?? 0) - (left.rows ?? 0) || (left.name < right.name ? -1 : 1));
}

/** How much a table looks like that of the members, by names alone. */
function scoreNames(table: TableLook): number {
  const name = spellName(table.name.split(".").at(-1) ?? "");
  if (nothing.test(name)) return -10;
  const named = (role: Parameters<typeof readNameFor>[0]): number => Math.max(0, ...table.columns.map((column) => readNameFor(role, column.name)));
  const keys = 2 * named("ci") + 2 * named("phone") + 2 * named("email") + named("name") + named("birthdate") + named("password") + named("lastLoginAt");
  const links = named("kakaoId") * 2 + Math.min(named("provider"), named("providerId"));
  return keys + links + (member.test(name) ? 5 : 0) - (other.test(name) ? 4 : 0) - (dormant.test(name) ? 3 : 0) - (table.isView ? 2 : 0) - (table.rows === 0 ? 2 : 0);
}

/** How much a table looks like that of the members, its contents included; 0 or less for one that cannot be. */
export function scoreMembers(table: SampledTable): number {
  const contents = table.columns.map(({ name }) => readContents(valuesOf(table, name)));
  const has = (key: "ci" | "phone" | "email"): boolean => contents.some(({ filled, share }) => filled > 0 && share[key] >= 0.5);
  const keys = (has("ci") ? 4 : 0) + (has("phone") ? 3 : 0) + (has("email") ? 3 : 0);
  const named = table.columns.some(({ name }) => readNameFor("phone", name) === 2 || readNameFor("email", name) === 2 || readNameFor("ci", name) === 2);
  if (keys === 0 && !(named && (table.rows ?? 0) === 0)) return 0;
  return keys + scoreNames(table);
}

/** True for a table of members that were moved away: dormant ones, most likely. */
export function isDormantTable(table: TableLook): boolean {
  return dormant.test(spellName(table.name));
}
