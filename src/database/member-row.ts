import type { MemberRow } from "../core/member.ts";

/** The columns of a member's keys and evidence, in the order in which rows are read. */
export const VALUE_COLUMNS = ["ci", "phone", "email", "name", "birthdate", "phoneVerifiedAt", "emailVerifiedAt"] as const;

/** Texts of a row as every engine reads it: id, flags, links, then the values; an empty text is NULL. */
export const ROW_WIDTH = 3 + VALUE_COLUMNS.length;

/** Which conditions a row fulfils, added up. */
export const FLAGS = { live: 1, withdrawn: 2, blocked: 4, protected: 8, otherLogin: 16 } as const;

/** Flags travel as one letter: this code plus their sum. */
export const FLAG_BASE = 64;

/** Stands between the links of one member where a link table holds several. */
export const LINK_SEPARATOR = "\u001e";

/** Which of the values stand in a row as it was read, in the order of `VALUE_COLUMNS`; the others are null in it. */
export type ReadValues = readonly boolean[];

const allValues: ReadValues = VALUE_COLUMNS.map(() => true);

/** Texts of a row of which only these values are read. */
export function widthOf(read: ReadValues): number {
  return ROW_WIDTH - read.filter((isRead) => !isRead).length;
}

/** The rows behind `parts`, each `width` texts wide; what stands behind the values of a row comes back in `extras`. */
export function decodeRows(place: number, parts: readonly string[], width: number, read: ReadValues = allValues): { rows: MemberRow[]; extras: string[][] } {
  const rows: MemberRow[] = [];
  const extras: string[][] = [];
  const ownWidth = widthOf(read);
  const slots = slotsOf(read);
  const [ci = none, phone = none, email = none, name = none, birthdate = none, phoneVerifiedAt = none, emailVerifiedAt = none] = slots;
  for (let at = 0; at < parts.length; at += width) {
    const flags = (parts[at + 1] ?? "").charCodeAt(0) - FLAG_BASE;
    const row: MemberRow = {
      place,
      id: parts[at] ?? "",
      state: (flags & FLAGS.withdrawn) !== 0 ? "withdrawn" : (flags & FLAGS.live) !== 0 ? "live" : "notLive",
      blocked: (flags & FLAGS.blocked) !== 0,
      protected: (flags & FLAGS.protected) !== 0,
      otherLogin: (flags & FLAGS.otherLogin) !== 0,
      link: linkOrNull(parts[at + 2]),
      ci: valueAt(parts, at, ci),
      phone: valueAt(parts, at, phone),
      email: valueAt(parts, at, email),
      name: valueAt(parts, at, name),
      birthdate: valueAt(parts, at, birthdate),
      phoneVerifiedAt: valueAt(parts, at, phoneVerifiedAt),
      emailVerifiedAt: valueAt(parts, at, emailVerifiedAt),
    };
    rows.push(row.link?.includes(LINK_SEPARATOR) === true ? splitLinks(row, row.link) : row);
    if (width > ownWidth) extras.push(parts.slice(at + ownWidth, at + width));
  }
  return { rows, extras };
}

/** Stands for the place of a value that was not read. */
const none = -1;

/** Where in a row each value stands. */
function slotsOf(read: ReadValues): readonly number[] {
  let next = ROW_WIDTH - VALUE_COLUMNS.length;
  return read.map((isRead) => (isRead ? next++ : none));
}

function valueAt(parts: readonly string[], at: number, slot: number): string | null {
  return slot === none ? null : textOrNull(parts[at + slot]);
}

function linkOrNull(part: string | undefined): string | null {
  return part === "0" ? null : textOrNull(part);
}

function textOrNull(part: string | undefined): string | null {
  return part === undefined || part === "" ? null : part;
}

/** Several links of a member, empty ones left out. */
function splitLinks(row: MemberRow, joined: string): MemberRow {
  const [link = null, ...furtherLinks] = joined.split(LINK_SEPARATOR).filter((part) => linkOrNull(part) !== null);
  return furtherLinks.length === 0 ? { ...row, link } : { ...row, link, furtherLinks };
}
