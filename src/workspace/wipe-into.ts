import type { Comparison } from "../core/matching/kept-hashes.ts";
import { CHANGE_KINDS, type OpenSnapshot, type ReadUser } from "./snapshot.ts";
import type { Manifest, SnapshotWriter } from "./snapshot-file.ts";

/** How details are wiped from a snapshot. */
export interface Wiping {
  /** What is left of a user, and when it is taken for read: the same to leave it alone, 0 to have it read again. */
  readonly wipe: (read: ReadUser) => ReadUser;
  /** Of the hashes that stand for wiped values; null where none are left. */
  readonly comparison: Comparison | null;
  /** Called once it is known what goes, before it goes. */
  readonly announce: () => void;
}

/** Writes a snapshot anew with less in it. Answers null, and leaves no file, where nothing is to go. */
export function wipeInto(writer: SnapshotWriter, old: OpenSnapshot, wipe: (read: ReadUser) => ReadUser, comparison: Comparison | null): Manifest | null {
  let wiped = 0;
  const count = (read: ReadUser): ReadUser => {
    const left = wipe(read);
    if (left !== read) wiped += 1;
    return left;
  };
  return writeAnew(writer, old, count, comparison, () => wiped > 0);
}

/** Writes a snapshot anew as it is. */
export function copyInto(writer: SnapshotWriter, old: OpenSnapshot): Manifest | null {
  return writeAnew(writer, old, (read) => read, old.comparison, () => true);
}

function writeAnew(writer: SnapshotWriter, old: OpenSnapshot, change: (read: ReadUser) => ReadUser, comparison: Comparison | null, isWanted: () => boolean): Manifest | null {
  try {
    for (const read of old.readUsers()) {
      const { user, readAt } = change(read);
      writer.add(user, readAt);
    }
    if (!isWanted()) {
      writer.discard();
      return null;
    }
    for (const kind of CHANGE_KINDS) for (const id of old.changes(kind)) writer.addChange(kind, BigInt(id));
    return writer.finish(comparison);
  } catch (error) {
    writer.discard();
    throw error;
  }
}
