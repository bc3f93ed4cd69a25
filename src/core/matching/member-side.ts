import { Growing } from "../growing.ts";
import { NAMED_AT_MOST, SLOT } from "../key-index.ts";
import { isKakaoId, type KakaoId } from "../kakao-id.ts";
import type { KeyReading } from "../keys.ts";
import { KEY_NAMES, type KeyName, type MemberRow } from "../member.ts";
import { RepeatedHashes } from "../repeated-hashes.ts";
import { TextHash } from "../text-hash.ts";
import { countUnusable, HELD, type Held, type KakaoSide } from "./kakao-side.ts";
import { scriptsOf } from "./key-digests.ts";
import { MemberIds } from "./member-ids.ts";
import { MemberDigests } from "./member-digests.ts";
import type { MatchingOptions } from "./options.ts";
import { readMember, renderUsedValues, type ReadMember } from "./read-member.ts";

const FLAG = { live: 1, withdrawn: 2, blocked: 4, protected: 8, phoneVerified: 16, emailVerified: 32, phoneRecent: 64, emailRecent: 128 } as const;

/** What a member's link points at: a row of the Kakao side, or one of these; `several` are links of which none is a listed id. */
export const LINK = { none: -1, malformed: -2, unlisted: -3, several: -4 } as const;

/**
 * Pass 2: the members that some Kakao user hits or whose link is a listed Kakao id, a row each in the order of reading, about
 * 56 bytes and the id. Everyone else is only counted.
 */
export class MemberSide {
  readonly places: Growing<Uint8Array>;
  readonly ids: MemberIds;
  readonly links: Growing<Int32Array>;
  readonly unusable = new Map<string, number>();
  /** Usable values of each key among live and not-live members. */
  readonly usableCounts: Record<KeyName, number> = { ci: 0, phone: 0, email: 0 };
  /** CIs that no Kakao user has: some may stand with two members (one person with two accounts). */
  readonly unmatchedCis = new RepeatedHashes();
  readonly counts = { rows: 0, live: 0, withdrawn: 0, linked: 0, malformedLinks: 0, memberOnly: 0 };
  private readonly flags: Growing<Uint8Array>;
  private readonly slots: Readonly<Record<KeyName, Growing<Int32Array>>>;
  private readonly nameHigh: Growing<Uint32Array>;
  private readonly nameLow: Growing<Uint32Array>;
  private readonly scripts: Growing<Uint8Array>;
  private readonly birthdates: Growing<Uint32Array>;
  /** Ids that kept members hold and Kakao does not list: what a relink replaces. */
  private readonly unlistedLinks = new Map<number, KakaoId>();
  /** Listed ids that a member holds beside that of `links`, by the member's row: only a link table can hold them. */
  readonly furtherUsers = new Map<number, readonly number[]>();
  /** Rows of members with more than one link, listed or not. */
  private readonly several = new Set<number>();
  private readonly digests: MemberDigests;
  private readonly kakao: KakaoSide;
  private readonly options: MatchingOptions;
  private readonly digest: (text: string) => string;
  private readonly hash: TextHash;

  /** `digest` is the run's keyed digest: 32 hexadecimal digits. `expected` members are made room for. */
  constructor(kakao: KakaoSide, options: MatchingOptions, digest: (text: string) => string, expected = 1024) {
    this.ids = new MemberIds(expected);
    this.places = new Growing((length) => new Uint8Array(length), expected);
    this.links = new Growing((length) => new Int32Array(length), expected);
    this.flags = new Growing((length) => new Uint8Array(length), expected);
    const slots = (): Growing<Int32Array> => new Growing((length) => new Int32Array(length), expected);
    this.slots = { ci: slots(), phone: slots(), email: slots() };
    this.nameHigh = new Growing((length) => new Uint32Array(length), expected);
    this.nameLow = new Growing((length) => new Uint32Array(length), expected);
    this.scripts = new Growing((length) => new Uint8Array(length), expected);
    this.birthdates = new Growing((length) => new Uint32Array(length), expected);
    this.digests = new MemberDigests(expected);
    this.kakao = kakao;
    this.options = options;
    this.digest = digest;
    this.hash = new TextHash(options.seed);
  }

  get length(): number {
    return this.ids.length;
  }

  add(rows: readonly MemberRow[]): void {
    for (const row of rows) this.addRow(row);
  }

  isLive(row: number): boolean {
    return (this.flags.at(row) & FLAG.live) !== 0;
  }

  isWithdrawn(row: number): boolean {
    return (this.flags.at(row) & FLAG.withdrawn) !== 0;
  }

  isBlocked(row: number): boolean {
    return (this.flags.at(row) & FLAG.blocked) !== 0;
  }

  isProtected(row: number): boolean {
    return (this.flags.at(row) & FLAG.protected) !== 0;
  }

  isVerified(row: number, key: "phone" | "email"): boolean {
    return (this.flags.at(row) & (key === "phone" ? FLAG.phoneVerified : FLAG.emailVerified)) !== 0;
  }

  isRecentlyVerified(row: number, key: "phone" | "email"): boolean {
    return (this.flags.at(row) & (key === "phone" ? FLAG.phoneRecent : FLAG.emailRecent)) !== 0;
  }

  slot(key: KeyName, row: number): number {
    return this.slots[key].at(row);
  }

  hasCi(row: number): boolean {
    return this.slots.ci.at(row) !== SLOT.unknown;
  }

  name(row: number): { readonly high: number; readonly low: number; readonly scripts: number } {
    return { high: this.nameHigh.at(row), low: this.nameLow.at(row), scripts: this.scripts.at(row) };
  }

  birthdate(row: number): number {
    return this.birthdates.at(row);
  }

  /** The id that a member holds and Kakao does not list; null for every other. */
  unlistedLink(row: number): KakaoId | null {
    return this.unlistedLinks.get(row) ?? null;
  }

  /** Keyed digest of everything a decision about the member looks at, as pass 2 read it. */
  usedValues(row: number): string {
    return this.digests.at(row);
  }

  /** Whether the member has more than one link. */
  holdsSeveral(row: number): boolean {
    return this.several.has(row);
  }

  private peekLink(link: string | null): number {
    if (link === null) return LINK.none;
    if (!isKakaoId(link)) return LINK.malformed;
    const kakaoRow = this.kakao.ids.find(link);
    return kakaoRow < 0 ? LINK.unlisted : kakaoRow;
  }

  private addRow(row: MemberRow): void {
    this.counts.rows += 1;
    if (row.state === "live") this.counts.live += 1;
    const link = this.readLink(row);
    if (row.state === "withdrawn") {
      this.counts.withdrawn += 1;
      if (link >= 0) this.keep(row, link, readMember(row, this.options), [SLOT.unknown, SLOT.unknown, SLOT.unknown]);
      return;
    }
    const read = readMember(row, this.options);
    const slots = this.findSlots(read);
    const hit = KEY_NAMES.some((key, at) => (slots[at] ?? SLOT.unknown) >= 0 && this.options.keys.includes(key));
    if (hit || link >= 0) this.keep(row, link, read, slots);
    else if (row.state === "live" && link === LINK.none) this.counts.memberOnly += 1;
  }

  private readLink(row: MemberRow): number {
    const first = this.readOneLink(row, row.link);
    if (row.furtherLinks === undefined) return first;
    // What several links say does not depend on their order.
    const listed = [first, ...row.furtherLinks.map((link) => this.readOneLink(row, link))].filter((kakaoRow) => kakaoRow >= 0);
    return listed.length === 0 ? LINK.several : Math.min(...listed);
  }

  private readOneLink(row: MemberRow, link: string | null): number {
    const kakaoRow = this.peekLink(link);
    if (kakaoRow === LINK.malformed) this.counts.malformedLinks += 1;
    else if (kakaoRow !== LINK.none) this.counts.linked += 1;
    if (kakaoRow < 0) return kakaoRow;
    const held: Held = row.state === "live" ? HELD.live : row.state === "withdrawn" ? HELD.withdrawn : HELD.notLive;
    if (held > (this.kakao.held[kakaoRow] ?? 0)) this.kakao.held[kakaoRow] = held;
    return kakaoRow;
  }

  /** The slots of the three keys; counts the member at each value that a Kakao user has. */
  private findSlots(read: ReadMember): readonly [number, number, number] {
    const ciKnown = typeof read.ci === "string";
    return [this.findSlot("ci", read.ci, ciKnown), this.findSlot("phone", read.phone, ciKnown), this.findSlot("email", read.email, ciKnown)];
  }

  private findSlot(key: KeyName, value: KeyReading, ciKnown: boolean): number {
    if (typeof value === "number") {
      if (this.options.keys.includes(key)) countUnusable(this.unusable, key, value);
      return SLOT.unknown;
    }
    this.usableCounts[key] += 1;
    this.hash.read(value);
    const slot = this.kakao.indexes[key].find(this.hash);
    if (slot < 0 && key === "ci") this.unmatchedCis.add(this.hash);
    if (slot >= 0) this.kakao.indexes[key].countMember(slot, ciKnown);
    return slot;
  }

  private keep(row: MemberRow, link: number, read: ReadMember, slots: readonly [number, number, number]): void {
    const at = this.ids.length;
    this.places.push(row.place);
    this.ids.push(row.id);
    this.links.push(link);
    if (link === LINK.unlisted && row.link !== null) this.unlistedLinks.set(at, row.link);
    if (row.furtherLinks !== undefined) this.keepFurther(at, [row.link, ...row.furtherLinks], link);
    this.digests.push(this.digest(renderUsedValues(row)));
    this.flags.push(packFlags(row, read));
    KEY_NAMES.forEach((key, index) => {
      const slot = slots[index] ?? SLOT.unknown;
      this.slots[key].push(slot);
      if (slot >= 0 && this.kakao.indexes[key].members(slot) <= NAMED_AT_MOST) this.kakao.indexes[key].chainMember(slot, at);
    });
    if (read.name !== null) this.hash.read(read.name);
    this.nameHigh.push(read.name === null ? 0 : this.hash.high);
    this.nameLow.push(read.name === null ? 0 : this.hash.low);
    this.scripts.push(read.name === null ? 0 : scriptsOf(read.name, this.options.digests));
    this.birthdates.push(read.birthdate === null ? 0 : Number(read.birthdate));
  }

  private keepFurther(at: number, links: readonly (string | null)[], first: number): void {
    this.several.add(at);
    const users = links.map((link) => this.peekLink(link)).filter((user) => user >= 0 && user !== first);
    if (users.length > 0) this.furtherUsers.set(at, [...new Set(users)]);
  }
}

function packFlags(row: MemberRow, read: ReadMember): number {
  return (
    (row.state === "live" ? FLAG.live : 0) |
    (row.state === "withdrawn" ? FLAG.withdrawn : 0) |
    (row.blocked ? FLAG.blocked : 0) |
    (row.protected ? FLAG.protected : 0) |
    (read.phoneVerified ? FLAG.phoneVerified : 0) |
    (read.emailVerified ? FLAG.emailVerified : 0) |
    (read.phoneRecent ? FLAG.phoneRecent : 0) |
    (read.emailRecent ? FLAG.emailRecent : 0)
  );
}
