import { existsSync } from "node:fs";
import { join } from "node:path";
import { createKeyedDigest, type Cipher, type KeyedDigest } from "./encryption.ts";
import { sortPairs } from "../core/sort-pairs.ts";
import { openStateFile } from "./state-file.ts";
import { type ListRow, TargetListFile, targetFileKind } from "./target-list-file.ts";
import { TargetListLog } from "./target-log.ts";

/** Whom a list of identifiers names and how the fields stood: an export that was written, or a customer file as far as is known. 16 bytes an identifier. */
export interface TargetList {
  /** What the caller keeps with it, as JSON: file id, schema, when … */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Ascending, each once. */
  readonly ids: BigUint64Array;
  /** Keyed digest of the fields of the identifier at the same place; 0 where they are not known. */
  readonly digests: BigUint64Array;
}

/** Writes a list anew; nothing counts before `finish`, which replaces the former one of that name as a whole. Holds 64 kB, however many are added. */
export interface TargetListWriter {
  /** In any order, each once. */
  add(id: bigint, digest: bigint): void;
  finish(facts: Readonly<Record<string, unknown>>): void;
  discard(): void;
}

/**
 * What becomes of a list while somebody changes at Kakao what it is a list of: small sealed additions to it, so that a killed run knows whom the file may hold.
 * An identifier stays on the disk until `settle`.
 */
export interface TargetListChanges {
  /** Before a request that adds or changes them: on the disk, also through a power cut, before this returns. Their fields are not known from now on. */
  mayHold(ids: readonly bigint[]): void;
  /** After it was answered. */
  holds(ids: readonly bigint[], digests: readonly bigint[]): void;
  /** After a request that took them out was answered. */
  removed(ids: readonly bigint[]): void;
  /** Writes the list anew, and what was removed is nowhere in the file any more. `facts` replaces those of the list. */
  settle(facts?: Readonly<Record<string, unknown>>): void;
}

/** The identifiers of exports and of customer files, sealed in the workspace until they are removed from them (product.md T4, T5). Whoever changes one holds the workspace's lock. */
export interface TargetLists {
  /** The list of that name, whole; null where there is none. Throws StartError `target-lists-damaged`. */
  read(name: string): TargetList | null;
  /** What the caller keeps with it, without reading the identifiers; null where there is no such list. */
  facts(name: string): Readonly<Record<string, unknown>> | null;
  write(name: string): TargetListWriter;
  /** Of a list that is there. */
  change(name: string): TargetListChanges;
  names(): readonly string[];
  remove(name: string): void;
  /** 64 bits of the fields of a row under a key of the workspace; never 0. */
  digest(fields: readonly (string | number | null)[]): bigint;
  close(): void;
}

/** Changes that are appended to a list before it is written anew: with 2,000 identifiers each, at most 2 MB to merge on reading. */
const mostChanges = 64;

/** Opens `targets.db` of the workspace at its first use; a first list makes it. */
export function openTargetLists(folder: string, cipher: () => Cipher): TargetLists {
  const path = join(folder, "targets.db");
  let opened: TargetListFile | undefined;
  const open = (): TargetListFile => (opened ??= new TargetListFile(openStateFile(path, targetFileKind), cipher()));
  const openIfThere = (): TargetListFile | undefined => (opened === undefined && !existsSync(path) ? undefined : open());
  return {
    read: (name) => {
      const file = openIfThere();
      const row = file?.find(name);
      return file === undefined || row === undefined ? null : readList(file, row);
    },
    facts: (name) => openIfThere()?.find(name)?.facts ?? null,
    write: (name) => {
      const draft = open().draft();
      return { add: (id, digest) => draft.add(id, digest), finish: (facts) => draft.finish(name, facts), discard: () => draft.discard() };
    },
    change: (name) => changeList(open(), name),
    names: () => openIfThere()?.names() ?? [],
    remove: (name) => openIfThere()?.remove(name),
    digest: digestFields(() => createKeyedDigest(cipher().deriveKey("target fields"))),
    close: () => opened?.close(),
  };
}

function digestFields(open: () => KeyedDigest): TargetLists["digest"] {
  let digest: KeyedDigest | undefined;
  return (fields) => BigInt(`0x${(digest ??= open())(JSON.stringify(fields)).slice(0, 16)}`) || 1n;
}

/** The identifiers as they were written, in order, with what was appended since. */
function readList(file: TargetListFile, row: ListRow): TargetList {
  const [ids, digests] = [new BigUint64Array(row.entries), new BigUint64Array(row.entries)];
  file.readBlocks(row, ids, digests);
  sortPairs(ids, digests);
  const log = new TargetListLog(file.readChanges(row));
  return { facts: row.facts, ...log.applyTo(ids, digests) };
}

function changeList(file: TargetListFile, name: string): TargetListChanges {
  const find = (): ListRow => {
    const row = file.find(name);
    if (row === undefined) throw new Error("only a list that is there can be changed");
    return row;
  };
  let row = find();
  let changes = file.countChanges(row);
  const settle = (facts?: Readonly<Record<string, unknown>>): void => {
    const { ids, digests, facts: kept } = readList(file, row);
    const draft = file.draft();
    draft.addAll(ids, digests);
    draft.finish(name, facts ?? kept);
    [row, changes] = [find(), 0];
  };
  const append = (ids: readonly bigint[], digests: readonly bigint[] | null, durably: boolean): void => {
    if (ids.length === 0) return;
    if (changes >= mostChanges) settle();
    file.append(row, ids, digests, durably);
    changes += 1;
  };
  return {
    mayHold: (ids) => append(ids, ids.map(() => 0n), true),
    holds: (ids, digests) => append(ids, digests, false),
    removed: (ids) => append(ids, null, false),
    settle,
  };
}
