import { readContents, listDistinct } from "./contents.ts";
import { type ColumnLook, type SampledTable, valuesOf } from "./look.ts";
import { readNameFor, spellName } from "./names.ts";

/** What a new row of a link table is filled with, beside the two ids and `fixed`. */
type ProposedSet = Readonly<Record<string, "now" | "uuid" | { readonly literal: string }>>;

/** Where the Kakao ids are, or could be. */
export type ProposedLink =
  /** `isNew`: the table has no such column yet. */
  | { readonly kind: "column"; readonly column: string; readonly isNew: boolean }
  | {
      readonly kind: "table";
      readonly table: string;
      readonly memberId: string;
      readonly kakaoId: string;
      /** Which rows are Kakao's; empty for a table of its own. */
      readonly fixed: Readonly<Record<string, string>>;
      /** No row of the sample names Kakao: how it is spelled there is a guess. */
      readonly isGuess: boolean;
      readonly set: ProposedSet;
      /** Columns that a new row needs a value in, and nobody knows which. */
      readonly toFill: readonly string[];
    }
  /** The member table holds ids of several providers in one column: it is no link column for Kakao alone. */
  | { readonly kind: "mixed"; readonly provider: string; readonly providerId: string; readonly kakao: string }
  /** Rows of a table that holds everything there is: the unique indexes that links need would refuse its other rows. */
  | { readonly kind: "meta"; readonly table: string; readonly memberId: string; readonly key: string };

/** A link that a configuration can name. */
export type UsableLink = Extract<ProposedLink, { readonly kind: "column" | "table" }>;

/** A new link column is called this. */
export const newLinkColumn = "kakao_id";

/** Share of numbers from which on a column may be one of Kakao ids. */
const enough = 0.9;

/** Where links are: a column of the member table, a table of links, or a column that is still to be made. */
export function proposeLink(members: SampledTable, tables: readonly SampledTable[]): ProposedLink {
  const column = findLinkColumn(members);
  if (column !== undefined) return { kind: "column", column, isNew: false };
  const found = tables.filter((table) => table.name !== members.name).flatMap((table) => readLinkTable(table, members) ?? []);
  const best = found.sort((left, right) => Number(left.isGuess) - Number(right.isGuess) || Object.keys(right.fixed).length - Object.keys(left.fixed).length)[0];
  return best ?? findMixed(members) ?? { kind: "column", column: newLinkColumn, isNew: true };
}

/** A column that is named after Kakao and holds ids, or nothing yet. */
function findLinkColumn(table: SampledTable): string | undefined {
  return table.columns.find(({ name }) => {
    if (readNameFor("kakaoId", name) < 2) return false;
    const { filled, share } = readContents(valuesOf(table, name).filter((value) => value !== "0"));
    return filled === 0 || share.kakaoId >= enough;
  })?.name;
}

type LinkTable = Extract<ProposedLink, { readonly kind: "table" }>;

/** A table with a provider, an id at the provider and a member; or one that is named after Kakao, with the two ids. */
function readLinkTable(table: SampledTable, members: SampledTable): LinkTable | undefined {
  const provider = bestNamed(table, "provider");
  const memberId = findMemberId(table, members);
  if (memberId === undefined || table.isView) return undefined;
  if (provider !== undefined) {
    const kakao = findKakaoValue(table, provider.name);
    const kakaoId = findProviderId(table, [provider.name, memberId], kakao === undefined ? undefined : { column: provider.name, value: kakao });
    if (kakaoId === undefined) return undefined;
    return { ...fillOf(table, [memberId, kakaoId, provider.name]), kind: "table", table: table.name, memberId, kakaoId, fixed: { [provider.name]: kakao ?? "kakao" }, isGuess: kakao === undefined };
  }
  const kakaoId = findLinkColumn(table) ?? (/kakao|카카오/.test(spellName(table.name)) ? table.columns.find(({ name }) => readNameFor("providerId", name) === 2)?.name : undefined);
  if (kakaoId === undefined || kakaoId === memberId) return undefined;
  return { ...fillOf(table, [memberId, kakaoId]), kind: "table", table: table.name, memberId, kakaoId, fixed: {}, isGuess: false };
}

/** The id at the provider: of several columns that could be it the one with Kakao ids in Kakao's rows; never the table's own number. */
function findProviderId(table: SampledTable, others: readonly string[], kakao: { readonly column: string; readonly value: string } | undefined): string | undefined {
  const named = table.columns.map(({ name }) => name).filter((name) => !others.includes(name) && readNameFor("providerId", name) === 2 && !(table.primaryKey.length === 1 && table.primaryKey[0] === name));
  const providers = kakao === undefined ? [] : valuesOf(table, kakao.column);
  const holdsIds = (name: string): boolean => readContents(valuesOf(table, name).filter((_value, at) => providers[at] === kakao?.value)).share.kakaoId >= enough;
  return (kakao === undefined ? undefined : named.find(holdsIds)) ?? named[0];
}

/** `user_id` and the like; not the table's own number. */
function findMemberId(table: SampledTable, members: SampledTable): string | undefined {
  const own = members.name.split(".").at(-1) ?? "";
  const wanted = spellName(own).replace(/s$/, "");
  const named = table.columns.filter(({ name }) => readNameFor("memberId", name) === 2 && !(table.primaryKey.length === 1 && table.primaryKey[0] === name) && !/^(?:id|idx)$/i.test(name));
  return (named.find(({ name }) => spellName(name).startsWith(wanted)) ?? named.find(({ name }) => /user|usr|mb_|member|mem_|회원/i.test(name)) ?? named[0])?.name;
}

function bestNamed(table: SampledTable, role: "provider"): ColumnLook | undefined {
  const named = (least: 1 | 2): ColumnLook | undefined => table.columns.find(({ name }) => readNameFor(role, name) === least);
  // `type` alone may be anything: it must name a provider.
  const suggested = named(1);
  return named(2) ?? (suggested !== undefined && findKakaoValue(table, suggested.name) !== undefined ? suggested : undefined);
}

/** How this table spells Kakao. */
function findKakaoValue(table: SampledTable, column: string): string | undefined {
  const values = listDistinct(valuesOf(table, column), 50) ?? [];
  return values.find(({ value }) => value !== null && /^(?:kakao|kakao_?(?:talk|account|sync)|카카오(?:톡)?|ka|k)$/i.test(value) && (value.length > 2 || values.length > 1))?.value ?? undefined;
}

/** What fills the columns of a new row that the database does not fill by itself. */
function fillOf(table: SampledTable, own: readonly string[]): Pick<LinkTable, "set" | "toFill"> {
  const needed = table.columns.filter(({ name, mustBeGiven }) => mustBeGiven && !own.includes(name));
  const filled = needed.flatMap((column) => {
    const value = fillingOf(table, column);
    return value === undefined ? [] : [[column.name, value] as const];
  });
  return { set: Object.fromEntries(filled), toFill: needed.map(({ name }) => name).filter((name) => !filled.some(([one]) => one === name)) };
}

function fillingOf(table: SampledTable, { name, type }: ColumnLook): "now" | "uuid" | { readonly literal: string } | undefined {
  if (/date|time/.test(type)) return "now";
  if (table.primaryKey.length === 1 && table.primaryKey[0] === name && /char|text|uuid/.test(type)) return "uuid";
  if (/json/.test(type) || /^(?:extra_data|data|raw|profile)$/.test(name)) return { literal: "{}" };
  // What NextAuth's adapters write for every sign-in by OAuth.
  if (name === "type") return { literal: "oauth" };
  return /char|text/.test(type) ? { literal: "" } : undefined;
}

/** `users.provider` and `users.uid`: ids of Kakao, Google and others in one column. */
function findMixed(members: SampledTable): ProposedLink | undefined {
  const provider = bestNamed(members, "provider")?.name;
  const providerId = members.columns.find(({ name }) => name !== provider && !members.primaryKey.includes(name) && readNameFor("providerId", name) === 2)?.name;
  if (provider === undefined || providerId === undefined) return undefined;
  return { kind: "mixed", provider, providerId, kakao: findKakaoValue(members, provider) ?? "kakao" };
}
