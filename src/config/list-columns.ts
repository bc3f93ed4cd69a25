import type { Loose } from "./check-shape.ts";
import type { Path } from "./problems.ts";
import type { RawColumn, RawConfig, RawKeyColumns } from "./schema.ts";

export type Readable = Loose<RawConfig>;
export type ReadableColumn = Loose<RawColumn>;

/** A table of members with the place of its keys: `members` first, then each of `members.also`. */
export interface ReadableTable {
  readonly path: Path;
  readonly columns: Loose<RawKeyColumns>;
}

export function listMemberTables(config: Readable): ReadableTable[] {
  const { members } = config;
  if (members === undefined) return [];
  const also = (members.also ?? []).map((columns, at) => ({ path: ["members", "also", at], columns: columns ?? {} }));
  return [{ path: ["members"], columns: members }, ...also];
}

const columnKeys = ["ci", "phone", "email", "name", "birthdate", "phoneVerifiedAt", "emailVerifiedAt", "lastLoginAt"] as const;

/** Every place where a column is named that may be more than a plain one. */
export function listColumns(config: Readable): { path: Path; column: ReadableColumn }[] {
  const found: { path: Path; column: ReadableColumn | undefined }[] = listMemberTables(config).flatMap(({ path, columns }) =>
    columnKeys.map((key) => ({ path: [...path, key], column: columns[key] })),
  );
  for (const key of ["agreed", "agreedAt", "reconfirmedAt", "night"] as const) {
    found.push({ path: ["channel", "marketing", key], column: config.channel?.marketing?.[key] });
  }
  for (const [name, field] of Object.entries(config.channel?.fields ?? {})) {
    const path = ["channel", "fields", name];
    found.push(typeof field === "object" ? { path: [...path, "column"], column: field.column } : { path, column: field });
  }
  return found.flatMap(({ path, column }) => (column === undefined ? [] : [{ path, column }]));
}

/** Every database the configuration names, with the place of its URL. */
export function listUrls(config: Readable): { path: Path; url: string }[] {
  const places = (config.alsoLinkedIn ?? []).map((place, at) => ({ path: ["alsoLinkedIn", at, "url"], url: place?.url }));
  return [{ path: ["database", "url"], url: config.database?.url }, ...places].flatMap(({ path, url }) => (url === undefined ? [] : [{ path, url }]));
}
