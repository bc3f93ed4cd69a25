import { resolve } from "node:path";
import { AdminKey } from "./admin-key.ts";
import type * as checked from "./config.ts";
import type { RawColumn, RawConfig, RawKeyColumns } from "./schema.ts";

/** What the file alone cannot tell. */
export interface Surroundings {
  readonly file: string;
  readonly folder: string;
  /** The variable that `kakao.adminKey` asks for and that is not set. */
  readonly unsetAdminKey: string | undefined;
}

/** Makes the checked configuration of a raw one that has no problems. Its warnings are added by `loadConfig`. */
export function resolveConfig(raw: RawConfig, around: Surroundings): checked.Config {
  const inFolder = (path: string): string => resolve(around.folder, path);
  return given({
    file: around.file,
    folder: around.folder,
    warnings: [],
    environment: raw.environment,
    database: given({ ...raw.database, url: resolveDatabaseUrl(raw.database.url, around.folder) }),
    members: resolveMembers(raw.members, inFolder),
    link: resolveLink(raw.link),
    alsoLinkedIn: raw.alsoLinkedIn.map((place) => resolvePlace(place, around.folder)),
    kakao: {
      appId: String(raw.kakao.appId),
      adminKey: resolveAdminKey(raw.kakao, around, inFolder),
      baseUrl: new URL(raw.kakao.baseUrl).origin,
      app: given(raw.kakao.app),
    },
    matching: resolveMatching(raw),
    consent: inFolder(raw.consent),
    channel: raw.channel === undefined ? undefined : resolveChannel(raw.channel, inFolder),
    limits: resolveLimits(raw),
    approvers: raw.approvers,
    retention: {
      snapshotMs: readDuration(raw.retention.snapshot),
      undoMs: readDuration(raw.retention.undo),
      recordMs: readDuration(raw.retention.record),
    },
  });
}

/** `sqlite:` and `csv:` with an absolute path; the URL of another engine stays as it is. */
export function resolveDatabaseUrl(url: string, folder: string): string {
  const [, scheme = "", path] = /^(sqlite|csv):(?:\/\/)?(.+)$/i.exec(url) ?? [];
  return path === undefined ? url : `${scheme.toLowerCase()}:${resolve(folder, path)}`;
}

/** The rules have seen to it that one of the two says where the replica is. */
function resolveLimits({ limits: { replica, ...limits }, database }: RawConfig): checked.LimitsConfig {
  if (replica === undefined) return limits;
  const { url = database.readUrl ?? "", maxLag } = replica;
  return { ...limits, replica: { url, maxLagMs: Number(maxLag.slice(0, -1)) * (maxLag.endsWith("m") ? 60_000 : 1_000) } };
}

/** A year is 365 days. */
function readDuration(text: string): number {
  const hours = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 }[text.at(-1) ?? "h"] ?? 1;
  return Number(text.slice(0, -1)) * hours * 3_600_000;
}

type InFolder = (path: string) => string;

function resolveColumn(raw: RawColumn, inFolder: InFolder): checked.ColumnMap {
  if (typeof raw === "string") return { kind: "column", column: raw };
  const { column = "", sql, stored, of = "as-is", keyFile, decrypt } = raw;
  if (sql !== undefined) return { kind: "sql", sql };
  if (decrypt !== undefined) return { kind: "decrypt", column, decrypt };
  if (stored === undefined) return { kind: "column", column };
  return given({ kind: "stored" as const, column, stored, of, keyFile: keyFile === undefined ? undefined : inFolder(keyFile) });
}

function resolveKeyColumns(raw: RawKeyColumns, inFolder: InFolder): checked.KeyColumns {
  const column = (written: RawColumn | undefined): checked.ColumnMap | undefined => (written === undefined ? undefined : resolveColumn(written, inFolder));
  return given({
    ci: column(raw.ci),
    phone: column(raw.phone),
    email: column(raw.email),
    name: column(raw.name),
    birthdate: column(raw.birthdate),
    phoneVerifiedAt: column(raw.phoneVerifiedAt),
    phoneVerified: raw.phoneVerified,
    emailVerifiedAt: column(raw.emailVerifiedAt),
    emailVerified: raw.emailVerified,
    lastLoginAt: column(raw.lastLoginAt),
  });
}

function resolveMembers(raw: RawConfig["members"], inFolder: InFolder): checked.MembersConfig {
  const { table, id, where, withdrawn, blocked, otherLogin, pending } = raw;
  return {
    ...resolveKeyColumns(raw, inFolder),
    ...given({ table, id, where, withdrawn, blocked, otherLogin, protected: raw.protected, pending }),
    also: raw.also.map((also) => ({ ...resolveKeyColumns(also, inFolder), ...given({ table: also.table, id: also.id, kakaoId: also.kakaoId }) })),
  };
}

function resolveLink(raw: RawConfig["link"]): checked.LinkConfig {
  const set = resolveFilled(raw.set ?? {});
  if (raw.column !== undefined) return { kind: "column", column: raw.column, set };
  const cleared = raw.cleared === undefined ? undefined : resolveFilled(raw.cleared);
  return given({ kind: "table" as const, ...resolveLinkTable(raw.table, raw.kakaoId, raw), memberId: raw.memberId ?? "", set, cleared });
}

function resolvePlace({ name, url, members, link }: RawConfig["alsoLinkedIn"][number], folder: string): checked.PlaceConfig {
  const table = link.column === undefined ? link.table : members?.table;
  return { name, url: resolveDatabaseUrl(url, folder), link: resolveLinkTable(table, link.column ?? link.kakaoId, link) };
}

/** The rules have seen to it that table and column are there. */
function resolveLinkTable(table = "", kakaoId = "", raw: RawConfig["link"]): checked.LinkTable {
  return given({ table, kakaoId, where: raw.where, fixed: raw.fixed ?? {} });
}

function resolveFilled(raw: Readonly<Record<string, checked.Literal>>): checked.FilledColumns {
  return Object.fromEntries(
    Object.entries(raw).map(([column, value]) => [column, value === "now" || value === "uuid" ? value : { literal: value }]),
  );
}

function resolveAdminKey(raw: RawConfig["kakao"], { unsetAdminKey }: Surroundings, inFolder: InFolder): checked.AdminKeySource | null {
  if (unsetAdminKey !== undefined) return { unset: unsetAdminKey };
  if (raw.adminKeyFile !== undefined) return { file: inFolder(raw.adminKeyFile) };
  return raw.adminKey === undefined ? null : { value: new AdminKey(raw.adminKey) };
}

const keyOrder = ["ci", "phone", "email"] as const;
const corroboratorOrder = ["name", "birthdate", "email", "recentlyVerified"] as const;

/** Both lists come in a fixed order, and by default hold what has a column (of the corroborators, name and birth date). */
function resolveMatching({ matching, members }: RawConfig): checked.MatchingConfig {
  const hasColumn = (key: "ci" | "phone" | "email" | "name" | "birthdate"): boolean => members[key] !== undefined;
  const keys = matching.keys ?? keyOrder.filter(hasColumn);
  const corroborators = matching.corroborators ?? (["name", "birthdate"] as const).filter(hasColumn);
  return {
    ...matching,
    keys: keyOrder.filter((key) => keys.includes(key)),
    corroborators: corroboratorOrder.filter((corroborator) => corroborators.some((wanted) => wanted === corroborator)),
  };
}

function resolveChannel(raw: NonNullable<RawConfig["channel"]>, inFolder: InFolder): checked.ChannelConfig {
  const { table, memberId = "", where, agreed, agreedAt, reconfirmedAt, night } = raw.marketing;
  const optional = (column: RawColumn | undefined): checked.ColumnMap | undefined => (column === undefined ? undefined : resolveColumn(column, inFolder));
  const fields = Object.entries(raw.fields).map(([name, field]): [string, checked.ChannelField] => {
    const { column, type = "string", format } = typeof field === "string" ? { column: field } : field;
    return [name, given({ column: resolveColumn(column, inFolder), type, format })];
  });
  return {
    publicId: raw.publicId,
    idType: raw.idType,
    segments: raw.segments,
    ageUnknown: raw.ageUnknown,
    unconfirmed: raw.unconfirmed,
    marketing: {
      ...(table === undefined ? {} : { table: given({ table, memberId, where }) }),
      agreed: resolveColumn(agreed, inFolder),
      agreedAt: resolveColumn(agreedAt, inFolder),
      ...given({ reconfirmedAt: optional(reconfirmedAt), night: optional(night) }),
    },
    fields: Object.fromEntries(fields),
  };
}

/** A type whose possibly undefined members are optional instead. */
type Given<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** Leaves out members that are undefined. */
function given<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Given<T>;
}
