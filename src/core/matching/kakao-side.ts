import type { KakaoUser } from "../kakao-user.ts";
import { READ_STATES } from "../kakao-user.ts";
import type { KakaoId } from "../kakao-id.ts";
import { KeyIndex, SLOT } from "../key-index.ts";
import { readMemberEmail, UNUSABLE, type KeyReading } from "../keys.ts";
import type { KeyName } from "../member.ts";
import { KEY_NAMES } from "../member.ts";
import { SortedIds } from "../id-order.ts";
import { TextHash } from "../text-hash.ts";
import { digestComparable, digestName, scriptsOf } from "./key-digests.ts";
import type { MatchingOptions } from "./options.ts";

/** How a Kakao user is held, by the strongest holder (M1). */
export const HELD = { nobody: 0, withdrawn: 1, dangling: 2, notLive: 3, live: 4 } as const;
export type Held = (typeof HELD)[keyof typeof HELD];

export type KeyIndexes = Readonly<Record<KeyName, KeyIndex>>;

/** How many usable values of each key the Kakao users have; the index tables are made that large. */
export type UsableCounts = Readonly<Record<KeyName, number>>;

/**
 * Pass 1: the Kakao users in typed arrays, a row each in ascending order of id, about 36 bytes a user, and the key indexes
 * that both sides meet in.
 */
export class KakaoSide {
  readonly ids: SortedIds;
  readonly indexes: KeyIndexes;
  readonly slots: Readonly<Record<KeyName, Int32Array>>;
  readonly nameHigh: Uint32Array;
  readonly nameLow: Uint32Array;
  readonly nameScripts: Uint8Array;
  readonly birthdate: Uint32Array;
  readonly state: Uint8Array;
  readonly held: Uint8Array;
  readonly elsewhere: Uint8Array;
  /** Usable and unusable values by `<key>-<why>`, for the counts of section 5. */
  readonly unusable = new Map<string, number>();
  private readonly hash: TextHash;
  private readonly options: MatchingOptions;
  private filled = 0;

  constructor(ids: BigUint64Array, usable: UsableCounts, options: MatchingOptions) {
    const count = ids.length;
    this.ids = new SortedIds(ids);
    this.indexes = { ci: new KeyIndex(usable.ci), phone: new KeyIndex(usable.phone), email: new KeyIndex(usable.email) };
    this.slots = { ci: unknownSlots(count), phone: unknownSlots(count), email: unknownSlots(count) };
    this.nameHigh = new Uint32Array(count);
    this.nameLow = new Uint32Array(count);
    this.nameScripts = new Uint8Array(count);
    this.birthdate = new Uint32Array(count);
    this.state = new Uint8Array(count);
    this.held = new Uint8Array(count);
    this.elsewhere = new Uint8Array(count);
    this.hash = new TextHash(options.seed);
    this.options = options;
  }

  /** Adds the next users, in ascending order of id, without a gap. */
  add(users: readonly KakaoUser[]): void {
    for (const user of users) {
      const row = this.filled;
      if (this.ids.at(row) !== user.id) throw new Error("snapshot blocks do not follow its list of ids");
      this.filled += 1;
      this.state[row] = READ_STATES.indexOf(user.state);
      if (user.state === "read") this.addDetails(row, user);
      else if (user.state === "wiped") this.addKept(row, user);
    }
  }

  /** Notes that a place of `alsoLinkedIn` has the id in use. */
  markElsewhere(id: KakaoId): void {
    const row = this.ids.find(id);
    if (row >= 0) this.elsewhere[row] = 1;
  }

  /** Notes that a link row without a member has the id. */
  markDangling(id: KakaoId): void {
    const row = this.ids.find(id);
    if (row >= 0 && (this.held[row] ?? 0) < HELD.dangling) this.held[row] = HELD.dangling;
  }

  isRead(row: number): boolean {
    return this.state[row] === 0;
  }

  /** Wiped users whom nobody holds any more and no other place has in use: they are to be read again before anything is decided about them. */
  *unheldWiped(): Iterable<KakaoId> {
    const wiped = READ_STATES.indexOf("wiped");
    for (let row = 0; row < this.state.length; row += 1) {
      if (this.state[row] === wiped && this.held[row] === HELD.nobody && this.elsewhere[row] === 0) yield this.ids.at(row);
    }
  }

  slot(key: KeyName, row: number): number {
    return this.slots[key][row] ?? SLOT.unknown;
  }

  hasCi(row: number): boolean {
    return this.slots.ci[row] !== SLOT.unknown;
  }

  private addDetails(row: number, user: KakaoUser): void {
    let ciKnown = false;
    for (const key of KEY_NAMES) {
      const value = readSnapshotKey(user, key, this.options);
      if (typeof value === "number") {
        if (this.options.keys.includes(key)) countUnusable(this.unusable, key, value);
        continue;
      }
      if (key === "ci") ciKnown = true;
      this.hash.read(value);
      this.slots[key][row] = this.indexes[key].addKakao(this.hash, ciKnown);
    }
    const name = digestName(user.name, this.options.digests);
    if (name !== null) {
      this.hash.read(name);
      this.nameHigh[row] = this.hash.high;
      this.nameLow[row] = this.hash.low;
      this.nameScripts[row] = scriptsOf(name, this.options.digests);
    }
    if (user.birthdate !== null) this.birthdate[row] = Number(user.birthdate);
  }

  /** Of a wiped user the hashes stand for the keys: it hits, and shares values, as it did. */
  private addKept(row: number, user: KakaoUser): void {
    let ciKnown = false;
    for (const key of KEY_NAMES) {
      const kept = usesKey(key, this.options) ? user[key] : UNUSABLE.empty;
      if (typeof kept === "number") {
        if (this.options.keys.includes(key)) countUnusable(this.unusable, key, kept);
        continue;
      }
      if (key === "ci") ciKnown = true;
      this.hash.take(kept);
      this.slots[key][row] = this.indexes[key].addKakao(this.hash, ciKnown);
    }
  }
}

/** A key of a snapshot user as this run compares it: placeholders of the configuration, and keys that this run does not use, are no keys. */
export function readSnapshotKey(user: KakaoUser, key: KeyName, options: MatchingOptions): KeyReading {
  const value = user[key];
  if (typeof value === "string" && !usesKey(key, options)) return UNUSABLE.empty;
  return compareForm(value, key, options);
}

/** The same of a key that this run need not use. */
export function compareForm(value: string | number, key: KeyName, options: Pick<MatchingOptions, "placeholders" | "syntheticEmails" | "digests">): KeyReading {
  if (typeof value === "number") return unusableCode(value);
  if (options.placeholders.has(value)) return UNUSABLE.placeholder;
  // Of a digest nobody can tell that its address is of a relay service or made up: so that side is asked which can be read.
  const readable = key === "email" && options.digests?.email !== undefined ? readMemberEmail(value, options.syntheticEmails) : value;
  return typeof readable === "number" ? readable : digestComparable(key, readable, options.digests);
}

/** True when this run compares the key at all; an e-mail that only corroborates is compared, but hits nobody. */
export function usesKey(key: KeyName, options: MatchingOptions): boolean {
  return options.keys.includes(key) || (key === "email" && options.corroborators.includes("email"));
}

const unusableNames = new Map<number, string>(Object.entries(UNUSABLE).map(([name, code]) => [code, name]));

export function countUnusable(counts: Map<string, number>, key: KeyName, code: number): void {
  const name = `${key}-${unusableNames.get(code) ?? "malformed"}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function unusableCode(code: number): KeyReading {
  for (const known of Object.values(UNUSABLE)) if (known === code) return known;
  return UNUSABLE.malformed;
}

function unknownSlots(count: number): Int32Array {
  return new Int32Array(count).fill(SLOT.unknown);
}
