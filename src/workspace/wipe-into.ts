import type { Comparison } from "../core/matching/kept-hashes.ts";
import { CHANGE_KINDS, type OpenSnapshot, type ReadUser } from "./snapshot.ts";
import type { Manifest, SnapshotWriter } from "./snapshot-file.ts";

/** Writes a snapshot anew with less in it. Answers null, and leaves no file, where nothing is to go. */
export function wipeInto(writer: SnapshotWriter, old: OpenSnapshot, wipe: (read: ReadUser) => ReadUser, comparison: Comparison | null): Manifest | null {
  try {
    let wiped = 0;
    for (const read of old.readUsers()) {
      const left = wipe(read);
      if (left !== read) wiped += 1;
      writer.add(left.user, left.readAt);
    }
    if (wiped === 0) {
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
