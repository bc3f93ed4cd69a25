import type { KakaoUser } from "../core/kakao-user.ts";
import type { Wiper } from "../core/matching/kept-hashes.ts";
import { LISTED, type ListedRow, type PullStaging, unreadUser } from "./pull-staging.ts";
import type { OpenSnapshot, ReadUser } from "./snapshot.ts";
import type { SnapshotWriter } from "./snapshot-file.ts";

/** What a merge needs: everything in ascending order of ids. */
export interface MergeSources {
  readonly staging: PullStaging;
  /** The snapshot before; null at the first pull. */
  readonly base: OpenSnapshot | null;
  /** Unix seconds at which this pull began: no staged detail is older. */
  readonly readAt: number;
  /** True for an id that an earlier snapshot reported gone. */
  readonly wasGone: (id: bigint) => boolean;
  /** True for an id whose wiped details are to be read again. */
  readonly isAsked: (id: bigint) => boolean;
  /** Takes away again what was read of wiped users who are not asked for; null: everything that was read is kept. */
  readonly wiper: Wiper | null;
}

export interface MergeChanges {
  readonly new: number;
  readonly gone: number;
  readonly returned: number;
  /** Ids that stand in both listings with two link dates: unlinked and linked again in between. */
  readonly relinked: number;
  /** Wiped before, read again because that was long ago, and wiped at once. */
  readonly wipedAgain: number;
}

/** One pass over the listed ids, the snapshot before and the staged pages; memory holds one block of each. */
export function mergeInto(writer: SnapshotWriter, sources: MergeSources): MergeChanges & { readonly stillWiped: readonly bigint[] } {
  const changes = { new: 0, gone: 0, returned: 0, relinked: 0 };
  const stillWiped: bigint[] = [];
  let wipedAgain = 0;
  const note = (kind: keyof typeof changes, id: bigint): void => {
    changes[kind] += 1;
    writer.addChange(kind, id);
  };
  const base = new Cursor(sources.base?.readUsers() ?? []);
  const staged = sources.staging.readStaged();
  for (const row of sources.staging.listed()) {
    for (; base.id !== null && base.id < row.id; base.advance()) note("gone", base.id);
    const before = base.id === row.id ? base.current : null;
    if (before === null && sources.base !== null) note("new", row.id);
    if (before === null && sources.wasGone(row.id)) note("returned", row.id);
    const details = staged(row.id);
    if (before !== null && isRelinked(row, before, details)) note("relinked", row.id);
    const isAsked = before?.user.state === "wiped" && sources.isAsked(row.id);
    const wiped = details === undefined || before === null || isAsked ? null : wipeAgain(before, details, sources.wiper);
    if (wiped !== null) wipedAgain += 1;
    addListed(writer, row, before, wiped ?? details, sources.readAt);
    // Asked for only after this pull had listed the id.
    if (isAsked && isKept(row)) stillWiped.push(row.id);
    if (before !== null) base.advance();
  }
  for (; base.id !== null; base.advance()) note("gone", base.id);
  return { ...changes, wipedAgain, stillWiped };
}

/** What stays of a wiped user who was read only to know its keys anew; null: all of it. Of whom not even hashes were left is read to be compared. */
function wipeAgain({ user, readAt }: ReadUser, details: KakaoUser, wiper: Wiper | null): KakaoUser | null {
  return wiper !== null && user.state === "wiped" && readAt > 0 && details.state === "read" ? wiper(details) : null;
}

function isKept({ state }: ListedRow): boolean {
  return Number(state) === LISTED.keep;
}

/** A link date is known anew only of whom this pull has asked for. */
function isRelinked(row: ListedRow, { user }: ReadUser, staged: KakaoUser | undefined): boolean {
  const asked = staged?.connectedAt ?? (row.connectedAt === null ? null : Number(row.connectedAt));
  return asked !== null && user.connectedAt !== null && asked !== user.connectedAt;
}

function addListed(writer: SnapshotWriter, row: ListedRow, before: ReadUser | null, staged: KakaoUser | undefined, readAt: number): void {
  const connectedAt = row.connectedAt === null ? null : Number(row.connectedAt);
  switch (Number(row.state)) {
    case LISTED.keep:
      if (before === null) throw new Error("an id without details of a former snapshot cannot be kept");
      return writer.add(before.user, before.readAt);
    case LISTED.staged:
      if (staged === undefined) throw new Error("an id is marked as staged, but no page has it");
      // Of whom has not finished the sign-up nothing is compared, and nothing kept.
      return writer.add(staged.state === "preregistered" ? unreadUser(staged.id, "preregistered", staged.connectedAt) : staged, readAt);
    case LISTED.young:
      return writer.add(unreadUser(String(row.id), "young", connectedAt), 0);
    case LISTED.unanswered:
      return writer.add(unreadUser(String(row.id), "unanswered", connectedAt), 0);
    case LISTED.preregistered:
      return writer.add(unreadUser(String(row.id), "preregistered", connectedAt), 0);
    default:
      throw new Error("a pull cannot be completed while ids wait to be read");
  }
}

/** One element looked at ahead. */
class Cursor {
  readonly #rows: Iterator<ReadUser>;
  current: ReadUser | null = null;
  id: bigint | null = null;

  constructor(rows: Iterable<ReadUser>) {
    this.#rows = rows[Symbol.iterator]();
    this.advance();
  }

  advance(): void {
    const next = this.#rows.next();
    this.current = next.done === true ? null : next.value;
    this.id = this.current === null ? null : BigInt(this.current.user.id);
  }
}
