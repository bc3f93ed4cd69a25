import { listDistinct, readContents } from "./contents.ts";
import { type ColumnLook, type SampledTable, valuesOf } from "./look.ts";
import { spellName } from "./names.ts";
import { quoteColumn, quoteValue, type SqlEngine } from "./quote.ts";

/** A column that says something about a member's state, with the values that the sample has. */
interface StateColumn {
  readonly column: string;
  /** Empty where it holds times, or too many different values. */
  readonly values: readonly { readonly value: string | null; readonly count: number }[];
}

/** What the columns suggest. Nobody but the operator knows whether it is so. */
export interface ProposedStates {
  readonly columns: readonly StateColumn[];
  readonly where: string | undefined;
  readonly withdrawn: string | undefined;
  readonly blocked: string | undefined;
}

interface Conditions {
  readonly live?: string;
  readonly withdrawn?: string;
  readonly blocked?: string;
}

/** More different values than this are no states. */
const mostStates = 12;

const words = {
  live: /^(?:active|activated|normal|live|enabled?|ok|member|use|using|confirmed|approved|정상|정상회원|활동|활성|이용중|사용|회원)$/i,
  withdrawn: /^(?:left|withdraw(?:n|al)?|withdrew|leave|leaved|deleted?|removed|quit|out|secession|resigned|closed|탈퇴|탈퇴회원|삭제|해지)$/i,
  blocked: /^(?:block(?:ed)?|banned|ban|suspend(?:ed)?|stopped|stop|denied|intercept(?:ed)?|차단|정지|이용정지|강제탈퇴|제재)$/i,
};

/** Which columns tell the state of a member, and what they suggest for `where`, `withdrawn` and `blocked`. */
export function proposeStates(table: SampledTable, engine: SqlEngine): ProposedStates {
  const found = table.columns.flatMap((column) => {
    const conditions = readWords(table, column, engine) ?? readFlag(table, column, engine) ?? readLeft(table, column, engine);
    return conditions === undefined ? [] : [{ column: describe(table, column), conditions }];
  });
  const join = (word: keyof Conditions, by: string): string | undefined => {
    const parts = found.flatMap(({ conditions }) => conditions[word] ?? []);
    return parts.length === 0 ? undefined : parts.join(by);
  };
  const plain = table.columns.filter((column) => isStateName(spellName(column.name)) && !found.some((one) => one.column.column === column.name)).map((column) => describe(table, column)).filter(({ values }) => values.length > 0);
  return { columns: [...found.map(({ column }) => column), ...plain], where: join("live", " and "), withdrawn: join("withdrawn", " or "), blocked: join("blocked", " or ") };
}

function describe(table: SampledTable, { name }: ColumnLook): StateColumn {
  const values = valuesOf(table, name);
  const isTime = readContents(values).share.time > 0;
  return { column: name, values: isTime ? [] : (listDistinct(values, mostStates) ?? []) };
}

function isStateName(name: string): boolean {
  return /(?:^|_)(?:status|state|stat|state_cd|status_cd|member_status)$|상태(?:_?코드)?$/.test(name);
}

/** `status` with words: only where one of them is known to mean a live member. */
function readWords(table: SampledTable, column: ColumnLook, engine: SqlEngine): Conditions | undefined {
  if (!isStateName(spellName(column.name))) return undefined;
  const values = (listDistinct(valuesOf(table, column.name), mostStates) ?? []).flatMap(({ value }) => value ?? []);
  const among = (pattern: RegExp): string | undefined => {
    const some = values.filter((value) => pattern.test(value)).sort().map((value) => quoteValue(value, column.type));
    if (some.length === 0) return undefined;
    return `${quoteColumn(engine, column.name)} ${some.length === 1 ? `= ${some[0] ?? ""}` : `in (${some.join(", ")})`}`;
  };
  const live = among(words.live);
  if (live === undefined) return undefined;
  const [withdrawn, blocked] = [among(words.withdrawn), among(words.blocked)];
  return { live, ...(withdrawn === undefined ? {} : { withdrawn }), ...(blocked === undefined ? {} : { blocked }) };
}

const flags = {
  live: /^(?:is_?active|active|active_?(?:yn|flag)|use_?yn|is_?enabled|enabled|사용_?여부)$/,
  withdrawn: /^(?:is_?(?:deleted|withdrawn|withdraw|left)|deleted|del_?(?:yn|flag)|(?:leave|withdraw|withdrawal|secession|out|quit)_?(?:yn|flag)|탈퇴_?여부|삭제_?여부)$/,
};

/** `is_active`, `del_yn`: a column of two values. */
function readFlag(table: SampledTable, column: ColumnLook, engine: SqlEngine): Conditions | undefined {
  const name = spellName(column.name).replace(/^(?:mb|mem|member|user|usr|cust)_/, "");
  const kind = flags.live.test(name) ? "live" : flags.withdrawn.test(name) ? "withdrawn" : undefined;
  const quoted = quoteColumn(engine, column.name);
  const pair = kind === undefined ? undefined : readPair(table, column, engine);
  if (pair === undefined) return undefined;
  const [yes, no] = pair.kind === "bool" ? [quoted, `not ${quoted}`] : [`${quoted} = ${pair.yes}`, `${quoted} = ${pair.no}`];
  // Who is not active may be dormant or blocked: only a column about leaving says that somebody has left.
  return kind === "live" ? { live: yes } : { live: no, withdrawn: yes };
}

/** Whether a member has left is said by a flag, or by a time; of text columns no time is an empty text. */
function readPair(table: SampledTable, column: ColumnLook, engine: SqlEngine): { readonly kind: "bool" } | { readonly kind: "pair"; readonly yes: string; readonly no: string } | undefined {
  if (engine === "postgres" && column.type === "boolean") return { kind: "bool" };
  const values = (listDistinct(valuesOf(table, column.name), 3) ?? []).flatMap(({ value }) => value ?? []);
  const pairs = [["1", "0"], ["Y", "N"], ["y", "n"], ["T", "F"], ["true", "false"], ["yes", "no"]] as const;
  const pair = pairs.find(([yes, no]) => values.length > 0 && values.every((value) => value === yes || value === no));
  return pair === undefined ? undefined : { kind: "pair", yes: quoteValue(pair[0], column.type), no: quoteValue(pair[1], column.type) };
}

const times = {
  withdrawn: /^(?:deleted_?(?:at|date|dt|on)|(?:leave|left|withdraw(?:n|al)?|secession|quit|out|resign(?:ed)?)_?(?:at|date|dt|datetime|day|on)|탈퇴_?(?:일|일시|일자))$/,
  blocked: /^(?:(?:intercept|block(?:ed)?|ban(?:ned)?|suspend(?:ed)?|locked?)_?(?:at|date|dt|datetime|day|on|until)|차단_?(?:일|일시|일자)|정지_?(?:일|일시|일자))$/,
};

/** `deleted_at`, `mb_leave_date`: empty for whom it does not concern. */
function readLeft(table: SampledTable, column: ColumnLook, engine: SqlEngine): Conditions | undefined {
  const name = spellName(column.name).replace(/^(?:mb|mem|member|user|usr|cust)_/, "");
  const kind = times.withdrawn.test(name) ? "withdrawn" : times.blocked.test(name) ? "blocked" : undefined;
  if (kind === undefined) return undefined;
  const quoted = quoteColumn(engine, column.name);
  const [empty, given] = emptyAndGiven(quoted, column, engine, readContents(valuesOf(table, column.name)).share.zeroDate > 0);
  return { live: empty, [kind]: given };
}

function emptyAndGiven(quoted: string, { type }: ColumnLook, engine: SqlEngine, hasZeroDates: boolean): readonly [string, string] {
  if (hasZeroDates) return [`(${quoted} is null or ${quoted} = 0)`, `(${quoted} is not null and ${quoted} <> 0)`];
  const isText = /char|text/.test(type) || engine === "sqlite" || engine === "csv";
  return isText ? [`coalesce(${quoted}, '') = ''`, `coalesce(${quoted}, '') <> ''`] : [`${quoted} is null`, `${quoted} is not null`];
}
