import { findId } from "./find-id.ts";
import type { LeftOut, LeftOutRow } from "./targets.ts";
import { BRAKE_SHARE } from "./upload-brakes.ts";

/** Whom a customer file holds as far as is known: identifiers ascending, and the digests of their fields. */
export interface HeldUsers {
  readonly ids: BigUint64Array;
  readonly digests: BigUint64Array;
}

/** What a selection says about someone whom the file holds. Nobody spoke of: no row holds the identifier any more. */
const FATE = { unspoken: 0, filter: 1, always: 2, changed: 3, same: 4 } as const;

/** Who is left out for these alone may stand in the file under an identifier that can no longer be read. */
const withoutIdentifier: ReadonlySet<LeftOut> = new Set<LeftOut>(["no-phone", "bad-phone", "foreign-phone", "no-kakao-id"]);

export interface DiffCounts {
  readonly held: number;
  readonly same: number;
  readonly changed: number;
  readonly added: number;
  /** Removals of people whose rows say refused or withdrawn, or who have none any more (T5). */
  readonly always: number;
  /** Removals for any other reason: the brake may hold them back. */
  readonly filter: number;
}

/** A customer file against a selection, answer by answer; one byte for each user that it holds. */
export class FileDiff {
  private readonly held: HeldUsers;
  private readonly halves: Uint32Array;
  private readonly fates: Uint8Array;
  private added = 0;
  private unread = 0;
  private unspoken: number | undefined;

  constructor(held: HeldUsers) {
    this.held = held;
    this.halves = new Uint32Array(held.ids.buffer, held.ids.byteOffset, 2 * held.ids.length);
    this.fates = new Uint8Array(held.ids.length);
  }

  /** What an exported row is to the file. Who is exported stays, whatever another row of the same identifier was left out for. */
  takeExported(id: bigint, digest: bigint): "add" | "change" | "same" {
    const at = findId(this.halves, id);
    if (at < 0) {
      this.added += 1;
      return "add";
    }
    const isSame = this.held.digests[at] === digest;
    this.fates[at] = isSame ? FATE.same : FATE.changed;
    return isSame ? "same" : "change";
  }

  takeLeftOut({ ids, removal, reason }: LeftOutRow): void {
    if (withoutIdentifier.has(reason)) this.unread += 1;
    for (const id of ids) {
      const at = findId(this.halves, id);
      if (at >= 0) this.fates[at] = Math.max(this.fates[at] ?? 0, FATE[removal]);
    }
  }

  /** Once every answer was taken. */
  get counts(): DiffCounts {
    const by = [0, 0, 0, 0, 0];
    for (const fate of this.fates) by[fate] = (by[fate] ?? 0) + 1;
    const [unspoken = 0, filter = 0, refused = 0, changed = 0, same = 0] = by;
    const isDoubtful = this.unspokenGoes() === "filter";
    return { held: this.fates.length, same, changed, added: this.added, always: isDoubtful ? refused : unspoken + refused, filter: isDoubtful ? unspoken + filter : filter };
  }

  /** Whom the file holds and is not to, in ascending order; once every answer was taken. */
  *removals(kind: "always" | "filter"): Iterable<bigint> {
    for (const [at, fate] of this.fates.entries()) if (this.toRemoval(fate) === kind) yield this.held.ids[at] ?? 0n;
  }

  /** Digest of the fields; 0 of whom it only may hold. */
  digestOf(id: bigint): bigint {
    return this.held.digests[findId(this.halves, id)] ?? 0n;
  }

  holds(id: bigint): boolean {
    return findId(this.halves, id) >= 0;
  }

  /** Whether the file holds the identifier and is not to; `always` says more than `filter`. */
  removalOf(id: bigint): "always" | "filter" | undefined {
    const at = findId(this.halves, id);
    return at < 0 ? undefined : this.toRemoval(this.fates[at] ?? FATE.same);
  }

  private toRemoval(fate: number): "always" | "filter" | undefined {
    if (fate === FATE.unspoken) return this.unspokenGoes();
    return fate === FATE.filter ? "filter" : fate === FATE.always ? "always" : undefined;
  }

  /** Many identifiers that no row holds any more, and as many rows whose identifier cannot be read: rather another column, key or form than people who are gone. */
  private unspokenGoes(): "always" | "filter" {
    this.unspoken ??= this.fates.reduce((count, fate) => (fate === FATE.unspoken ? count + 1 : count), 0);
    return this.unspoken > BRAKE_SHARE * this.fates.length && this.unread >= this.unspoken ? "filter" : "always";
  }
}
