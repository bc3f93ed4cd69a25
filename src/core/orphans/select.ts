import { KEEP_KINDS, UNLINK_KINDS, type KeepKind, type UnlinkKind } from "./kinds.ts";
import type { LinkedUsers } from "./linked-users.ts";

/** What is chosen to be unlinked. */
export interface Choice {
  readonly kinds: readonly UnlinkKind[];
  /** At most so many, the lowest ids first. */
  readonly limit?: number | undefined;
}

/** How many Kakao users are of each kind; they add up to all of them. */
export interface KindCounts {
  readonly unlink: Readonly<Record<UnlinkKind, number>>;
  readonly keep: Readonly<Record<KeepKind, number>>;
}

/** The answer about one user: its kind, or `deselected` where it would go and was not chosen. */
export type UserAnswer = { readonly action: "unlink"; readonly kind: UnlinkKind } | { readonly action: "keep"; readonly kind: KeepKind };

/** Answers for all users in ascending order of id; the choice is made on the way, so ask for each once. */
export function* selectUnlinks(users: LinkedUsers, { kinds, limit = Number.POSITIVE_INFINITY }: Choice): Iterable<UserAnswer> {
  let chosen = 0;
  for (let row = 0; row < users.length; row += 1) {
    const kind = users.kind(row);
    if (kind !== "incomplete" && kind !== "withdrawn" && kind !== "keyless") yield { action: "keep", kind };
    else if (kinds.includes(kind) && chosen < limit) {
      chosen += 1;
      yield { action: "unlink", kind };
    } else if (kind === "keyless" && !kinds.includes(kind)) yield { action: "keep", kind };
    else yield { action: "keep", kind: "deselected" };
  }
}

/** Counts answers by kind. */
export class KindTally {
  private readonly unlink = new Map<UnlinkKind, number>();
  private readonly keep = new Map<KeepKind, number>();

  add(answer: UserAnswer): void {
    if (answer.action === "unlink") this.unlink.set(answer.kind, (this.unlink.get(answer.kind) ?? 0) + 1);
    else this.keep.set(answer.kind, (this.keep.get(answer.kind) ?? 0) + 1);
  }

  get counts(): KindCounts {
    const { unlink, keep } = this;
    const of = <Name extends string>(names: readonly Name[], counts: ReadonlyMap<Name, number>) => Object.fromEntries(names.map((name) => [name, counts.get(name) ?? 0])) as Record<Name, number>;
    return { unlink: of(UNLINK_KINDS, unlink), keep: of(KEEP_KINDS, keep) };
  }
}
