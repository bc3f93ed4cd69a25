import type { Context } from "../../context.ts";

/** Ids by what has become of them since the snapshot before; everybody stands in one of them. */
export interface DiffCounts {
  readonly new: number;
  readonly gone: number;
  readonly returned: number;
  readonly relinked: number;
}

/** `pull --diff`: `pull-diff.csv` in the workspace, `kakao_id,change`. Ids are read page by page: memory holds none of the lists. */
export function writeDiff(context: Context): { readonly path: string; readonly counts: DiffCounts } {
  const path = `${context.workspaceFolder}/pull-diff.csv`;
  const counts = { new: 0, gone: 0, returned: 0, relinked: 0 };
  const snapshot = context.workspace().snapshots.snapshot();
  const file = context.createCsv(path, ["kakao_id", "change"], { readers: "machines" });
  const write = (id: string, change: keyof DiffCounts): void => {
    file.write([id, change]);
    counts[change] += 1;
  };
  try {
    if (snapshot !== null) {
      for (const id of without(snapshot.changes("new"), snapshot.changes("returned"))) write(id, "new");
      for (const change of ["gone", "returned", "relinked"] as const) for (const id of snapshot.changes(change)) write(id, change);
    }
    file.finish();
    return { path, counts };
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    snapshot?.close();
  }
}

/** Who is back is new to the listing, too; both ascend. */
function* without(ids: Iterable<string>, left: Iterable<string>): Iterable<string> {
  const leaving = left[Symbol.iterator]();
  let next = leaving.next();
  for (const id of ids) {
    while (next.done !== true && BigInt(next.value) < BigInt(id)) next = leaving.next();
    if (next.done === true || next.value !== id) yield id;
  }
}
