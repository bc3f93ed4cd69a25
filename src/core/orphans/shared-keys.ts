import type { AnsweredUser } from "../kakao-user.ts";
import { KeyIndex, SLOT } from "../key-index.ts";
import { isPlaceholder, readCi, readKakaoEmail, readPhone, UNUSABLE, type ForeignPhone, type KeyReading } from "../keys.ts";
import { digestComparable, readStoredDigest, type KeyDigests } from "../matching/key-digests.ts";
import type { KeyName, MemberRow } from "../member.ts";
import { TextHash } from "../text-hash.ts";

/** What comparing keys asks of the outside. */
export interface SharedKeyOptions {
  /** Every key whose column is configured, whether mapping uses it or not. */
  readonly keys: readonly KeyName[];
  readonly placeholders: ReadonlySet<string>;
  readonly foreignPhone: ForeignPhone;
  readonly digests?: KeyDigests;
  /** Two random 32-bit numbers, drawn for this run. No answer depends on them but by 96 equal bits of two values, which keep. */
  readonly seed: readonly [number, number];
}

/** Stored values of one key: those that are there, and those of them that cannot be read as that key at all. */
export interface KeyQuality {
  readonly values: number;
  readonly unreadable: number;
}

/** The keys of a Kakao user as they are searched for. */
export interface UserKeys {
  /** Whether one of them is usable (product.md section 5): an address that Kakao does not call verified is not. */
  readonly hasKey: boolean;
  /** What a member may share, in the order of the options' keys; null where there is none. */
  readonly values: readonly (string | null)[];
}

/** A user's keys; an e-mail address that is not valid or not verified is searched for all the same, and keeps. */
export function readUserKeys({ account }: AnsweredUser, options: SharedKeyOptions): UserKeys {
  const { ci, phoneNumber, email, isEmailValid, isEmailVerified } = account;
  const readings = options.keys.map((key) =>
    toCompared(key, key === "ci" ? readCi(ci) : key === "phone" ? readPhone(phoneNumber, options.foreignPhone) : readKakaoEmail(email, true, true), options),
  );
  const isTrusted = (at: number): boolean => options.keys[at] !== "email" || typeof readKakaoEmail(email, isEmailValid, isEmailVerified) === "string";
  return {
    hasKey: readings.some((reading, at) => typeof reading === "string" && isTrusted(at)),
    values: readings.map((reading) => (typeof reading === "string" ? reading : null)),
  };
}

/** A member's key as it is compared. Addresses of relay services and made-up ones count: who has the same one is kept. */
function readMemberKey(row: MemberRow, key: KeyName, options: SharedKeyOptions): KeyReading {
  if (row.undecryptable?.[key] !== undefined) return UNUSABLE.undecryptable;
  const stored = readStoredDigest(key, row[key], row.place, options.digests);
  if (stored !== undefined) return stored;
  return toCompared(key, key === "ci" ? readCi(row.ci) : key === "phone" ? readPhone(row.phone, options.foreignPhone) : readKakaoEmail(row.email, true, true), options);
}

function toCompared(key: KeyName, reading: KeyReading, { placeholders, digests }: SharedKeyOptions): KeyReading {
  if (typeof reading !== "string") return reading;
  return isPlaceholder(key, reading, placeholders) ? UNUSABLE.placeholder : digestComparable(key, reading, digests);
}

/**
 * Which of some Kakao users share a key with a member: the users' keys in hash tables, over which the members are streamed once. About 100 bytes a user, so
 * many users are looked at in portions. A member whose CI differs shares a phone number all the same: in doubt the user is kept.
 */
export class SharedKeys {
  private readonly indexes: readonly KeyIndex[];
  private readonly slots: readonly Int32Array[];
  private readonly quality: { values: number; unreadable: number }[];
  private readonly hash: TextHash;
  private readonly options: SharedKeyOptions;

  constructor(users: number, options: SharedKeyOptions) {
    this.indexes = options.keys.map(() => new KeyIndex(users));
    this.slots = options.keys.map(() => new Int32Array(users).fill(SLOT.unknown));
    this.quality = options.keys.map(() => ({ values: 0, unreadable: 0 }));
    this.hash = new TextHash(options.seed);
    this.options = options;
  }

  /** `at` is the user's number, from 0. */
  add(at: number, { values }: UserKeys): void {
    values.forEach((value, key) => {
      const [index, slots] = [this.indexes[key], this.slots[key]];
      if (value === null || index === undefined || slots === undefined) return;
      this.hash.read(value);
      slots[at] = index.addKakao(this.hash, false);
    });
  }

  /** Takes live and not-live members; who has withdrawn shares nothing, and has no values. */
  see(rows: readonly MemberRow[]): void {
    for (const row of rows) if (row.state !== "withdrawn") this.options.keys.forEach((key, at) => this.seeKey(readMemberKey(row, key, this.options), at));
  }

  isShared(at: number): boolean {
    return this.slots.some((slots, key) => {
      const slot = slots[at] ?? SLOT.unknown;
      return slot >= 0 && (this.indexes[key]?.members(slot) ?? 0) > 0;
    });
  }

  /** How well the members' values could be read so far, by key. */
  get readings(): Readonly<Partial<Record<KeyName, KeyQuality>>> {
    return Object.fromEntries(this.options.keys.map((key, at) => [key, { ...(this.quality[at] ?? { values: 0, unreadable: 0 }) }]));
  }

  private seeKey(reading: KeyReading, at: number): void {
    const quality = this.quality[at];
    if (quality !== undefined && reading !== UNUSABLE.empty) {
      quality.values += 1;
      if (reading === UNUSABLE.malformed || reading === UNUSABLE.undecryptable) quality.unreadable += 1;
    }
    const index = this.indexes[at];
    if (typeof reading !== "string" || index === undefined) return;
    this.hash.read(reading);
    const slot = index.find(this.hash);
    if (slot >= 0) index.countMember(slot, false);
  }
}
