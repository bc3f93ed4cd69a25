import { type ForeignPhone, readBirthdate, readCi, readMemberEmail, readName, readPhone, readTime, UNUSABLE, type KeyReading, type UnusableName } from "../keys.ts";
import type { MemberRole } from "./names.ts";

/** How many rows have a value, and in how many it can be used. */
export interface Usability {
  readonly rows: number;
  readonly filled: number;
  readonly usable: number;
  /** Of the filled ones that are of no use: how many, by reason. */
  readonly why: Readonly<Partial<Record<UnusableName, number>>>;
}

/** Counts what the matching's own readers make of a column's values; times and dates count where they are real ones. */
export function countUsable(role: MemberRole, values: readonly (string | null)[], foreign: ForeignPhone): Usability {
  const why: Partial<Record<UnusableName, number>> = {};
  let [filled, usable] = [0, 0];
  for (const value of values) {
    const reading = read(role, value, foreign);
    if (reading === UNUSABLE.empty) continue;
    filled += 1;
    if (typeof reading === "string") usable += 1;
    else {
      const name = nameOf(reading);
      why[name] = (why[name] ?? 0) + 1;
    }
  }
  return { rows: values.length, filled, usable, why };
}

function read(role: MemberRole, value: string | null, foreign: ForeignPhone): KeyReading {
  if (value === null || value.trim() === "" || /^0000-00-00/.test(value)) return UNUSABLE.empty;
  if (role === "ci") return readCi(value);
  if (role === "phone") return readPhone(value, foreign);
  if (role === "email") return readMemberEmail(value, []);
  if (role === "name") return readName(value) ?? UNUSABLE.malformed;
  if (role === "birthdate") return readBirthdate(value) ?? UNUSABLE.malformed;
  return readTime(value) ? value : UNUSABLE.malformed;
}

function nameOf(reading: number): UnusableName {
  const names = Object.keys(UNUSABLE) as UnusableName[];
  return names.find((name) => UNUSABLE[name] === reading) ?? "malformed";
}
