import { DIGESTED_KEYS, readDigestText, type DigestedKey, type StoredDigest, type StoredForm } from "../core/keys.ts";
import type { DigestedColumn } from "../core/matching/key-digests.ts";
import { VALUE_NAMES, type MemberRow, type ValueName } from "../core/member.ts";
import { createDigest, type Digest } from "./digest.ts";
import { FilterProcess } from "./filter-process.ts";
import type { FilterAnswer, FilterRequest } from "./filter-protocol.ts";
import { readKeyFile } from "./key-file.ts";
import { listDates } from "./stored-dates.ts";
import { UnopenedTally } from "./unopened-tally.ts";

/** A column that needs more than reading. `name` is its place in the configuration, like `members.phone`. */
export type OpenedColumn = { readonly name: string; readonly column: string } & (
  | { readonly kind: "decrypt"; readonly argv: readonly string[] }
  | { readonly kind: "stored"; readonly stored: StoredDigest; readonly of: StoredForm; readonly keyFile?: string }
);

/** The columns of a place that are digests or encrypted, by what they hold. */
export type PlaceColumns = Readonly<Partial<Record<ValueName, OpenedColumn>>>;

export interface OpenerOptions {
  /** The member table, then each table of `members.also`; only columns that the run uses. */
  readonly places: readonly PlaceColumns[];
  /** Where programs start: the folder of the configuration. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long a program may be silent; 30 seconds without it. */
  readonly timeoutMs?: number;
}

/**
 * Makes rows of the database readable for the core: encrypted columns are decrypted, digests of birth dates become dates. Digests of keys and names stay as they
 * are and are compared as digests (`digests`).
 */
export interface ValueOpener {
  /** Places in the configuration of all digests and encrypted columns that the run uses. */
  readonly columns: readonly string[];
  /**
   * The rows with these values (or all) opened, `raw` being the row as it was. Rows without such columns, and withdrawn members, come back as they are.
   * Throws StartError or FailedError where a decrypt program does not do its work.
   */
  open(rows: readonly MemberRow[], names?: readonly ValueName[]): Promise<readonly MemberRow[]>;
  /** Counts what could not be opened in one pass over all members, to refuse where it is more than 1 % of a column. */
  tally(): UnopenedTally;
  readonly digests: Readonly<Partial<Record<DigestedKey, DigestedColumn>>>;
  close(): Promise<void>;
}

const silentMs = 30_000;

/** Programs are started and dates digested when the first row needs them; key files are read at once. Throws StartError for these. */
export function createValueOpener({ places, folder, env, signal, timeoutMs = silentMs }: OpenerOptions): ValueOpener {
  const filters = new Map<string, FilterProcess>();
  const named = collectPrograms(places);
  const filterOf = (argv: readonly string[]): FilterProcess => {
    const program = JSON.stringify(argv);
    const filter = filters.get(program) ?? new FilterProcess({ columns: named.get(program) ?? [], argv, folder, env, signal, timeoutMs });
    filters.set(program, filter);
    return filter;
  };
  const digests = collectDigests(places);
  const dates = places.map(({ birthdate }) => (birthdate?.kind === "stored" ? dateReader(birthdate) : undefined));
  const opensOf = (names: readonly ValueName[]): readonly boolean[] =>
    places.map((columns, place) => names.some((name) => columns[name]?.kind === "decrypt" || (name === "birthdate" && dates[place] !== undefined)));

  return {
    columns: places.flatMap((columns) => Object.values(columns).map(({ name }) => name)),
    digests,
    tally: () => new UnopenedTally(places),
    open: async (rows, names = VALUE_NAMES) => {
      const opens = opensOf(names);
      if (!opens.includes(true)) return rows;
      const opening = rows.map((row) => (opens[row.place] === true && row.state !== "withdrawn" && row.raw === undefined ? new Opening(row, places[row.place] ?? {}, names) : undefined));
      await Promise.all(groupByProgram(opening).map(([argv, wishes]) => askFilter(filterOf(argv), wishes)));
      return rows.map((row, at) => opening[at]?.finish(dates[row.place]) ?? row);
    },
    close: async () => {
      await Promise.all([...filters.values()].map((filter) => filter.close()));
    },
  };
}

interface Wish {
  readonly argv: readonly string[];
  readonly request: FilterRequest;
  readonly take: (answer: FilterAnswer) => void;
}

/** One row on its way. */
class Opening {
  readonly wishes: readonly Wish[];
  private readonly row: MemberRow;
  private readonly values: Partial<Record<ValueName, string | null>> = {};
  private readonly failures: Partial<Record<ValueName, string>> = {};

  constructor(row: MemberRow, columns: PlaceColumns, names: readonly ValueName[]) {
    this.row = row;
    this.wishes = names.flatMap((name): Wish[] => {
      const [column, value] = [columns[name], row[name]];
      if (column?.kind !== "decrypt" || value === null || value.trim() === "") return [];
      return [{ argv: column.argv, request: { column: column.column, value }, take: (answer) => this.take(name, answer) }];
    });
  }

  finish(readDate: ((raw: string | null) => string | null) | undefined): MemberRow {
    const date = readDate === undefined ? {} : { birthdate: readDate(this.row.birthdate) };
    const failed = Object.keys(this.failures).length > 0;
    return { ...this.row, ...this.values, ...date, raw: this.row, ...(failed ? { undecryptable: this.failures } : {}) };
  }

  private take(name: ValueName, answer: FilterAnswer): void {
    if ("failure" in answer) this.failures[name] = answer.failure;
    this.values[name] = "failure" in answer ? null : answer.value;
  }
}

function groupByProgram(opening: readonly (Opening | undefined)[]): readonly (readonly [readonly string[], readonly Wish[]])[] {
  const groups = new Map<string, [readonly string[], Wish[]]>();
  for (const wish of opening.flatMap((one) => one?.wishes ?? [])) {
    const program = JSON.stringify(wish.argv);
    const group = groups.get(program) ?? [wish.argv, []];
    groups.set(program, group);
    group[1].push(wish);
  }
  return [...groups.values()];
}

async function askFilter(filter: FilterProcess, wishes: readonly Wish[]): Promise<void> {
  const answers = await filter.ask(wishes.map(({ request }) => request));
  wishes.forEach(({ take }, at) => {
    const answer = answers[at];
    if (answer !== undefined) take(answer);
  });
}

function collectPrograms(places: readonly PlaceColumns[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>();
  for (const column of places.flatMap((columns) => Object.values(columns))) {
    if (column.kind !== "decrypt") continue;
    const program = JSON.stringify(column.argv);
    named.set(program, [...(named.get(program) ?? []), column.name]);
  }
  return named;
}

/** The rules of the configuration have seen to it that a key has one digest in all places. */
function collectDigests(places: readonly PlaceColumns[]): ValueOpener["digests"] {
  const digests: Partial<Record<DigestedKey, DigestedColumn>> = {};
  for (const key of DIGESTED_KEYS) {
    const column = places.map((columns) => columns[key]).find((one) => one?.kind === "stored");
    if (column?.kind !== "stored") continue;
    digests[key] = { places: places.map((columns) => columns[key]?.kind === "stored"), stored: column.stored, form: column.of, digest: digestOf(column) };
  }
  return digests;
}

type StoredColumn = Extract<OpenedColumn, { readonly kind: "stored" }>;

function digestOf({ name, stored, keyFile }: StoredColumn): Digest {
  return createDigest(stored, keyFile === undefined ? undefined : readKeyFile(keyFile, name));
}

/** Null for an empty value and for a digest that is of no date. */
function dateReader(column: StoredColumn): (raw: string | null) => string | null {
  const digest = digestOf(column);
  let dates: ReadonlyMap<string, string> | undefined;
  return (raw) => {
    dates ??= listDates(digest, column.of);
    const text = readDigestText(raw, column.stored);
    return typeof text === "string" ? (dates.get(text) ?? null) : null;
  };
}
