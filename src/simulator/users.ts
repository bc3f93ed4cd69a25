import { compareKakaoIds, isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { StartError } from "../errors.ts";
import type { KakaoAccount } from "./account-items.ts";
import { SortedIds } from "./sorted-ids.ts";

/** A Kakao user as Kakao's answer shows it (kakao-api.md 3.3, without `id`), and the consents that answer does not show. */
export interface SimulatedUser {
  /** RFC 3339 UTC without fractions; absent while a link is not finished. */
  readonly connected_at?: string;
  readonly synched_at?: string;
  readonly has_signed_up?: boolean;
  readonly properties?: Readonly<Record<string, string>>;
  readonly kakao_account?: KakaoAccount;
  readonly for_partner?: Readonly<{ uuid: string }>;
  /** Agreed scopes that no field of `kakao_account` shows, such as `plusfriends`. */
  readonly scopes?: readonly string[];
  /** What the user is to channels, by public id; a channel that is missing is `NONE`. Unlinking from the app leaves it alone. */
  readonly channels?: Readonly<Record<string, ChannelRelation>>;
  /** Agreed terms; absent: a Kakao Sync user agreed to every required one when linking. */
  readonly service_terms?: readonly AgreedTerm[];
}

/** Friend of a channel, or blocking it, since when (RFC 3339 UTC); an undated one shows no dates (kakao-api.md 3.10). */
export interface ChannelRelation {
  readonly relation: "ADDED" | "BLOCKED";
  readonly created_at?: string;
  readonly updated_at?: string;
}

export interface AgreedTerm {
  readonly tag: string;
  readonly agreed_at: string;
  readonly agreed_by: "KAUTH" | "KAPI";
}

/** A user of a fixture: Kakao's shape with `id` (as text or bigint when above 2^53). */
export type LoadedUser = SimulatedUser & { readonly id: KakaoId | number | bigint };

/** Many users at once whose details are made when asked for (see seed.ts). */
export interface UserSource {
  readonly count: number;
  /** Ascending in `index` (0 to count - 1). */
  idAt(index: number): KakaoId;
  /** The details of one of these ids; undefined for any other id. */
  detailsOf(id: KakaoId): SimulatedUser | undefined;
}

/** Who ended a link (kakao-api.md 7.2); the last one is the service's own call and sends no unlink webhook. */
export type UnlinkReason =
  | "ACCOUNT_DELETE" | "FORCED_ACCOUNT_DELETE" | "UNLINK_FROM_ADMIN" | "UNLINK_FROM_APPS" | "INCOMPLETE_SIGN_UP" | "UNLINK_FROM_SERVICE";

/** What happened to a user, for the webhooks. */
export type UserEvent =
  | { readonly kind: "user-linked" | "user-scope-withdraw" | "tokens-revoked"; readonly id: KakaoId }
  | { readonly kind: "user-unlinked"; readonly id: KakaoId; readonly reason: UnlinkReason };

/** A read of somebody's details before 24 hours since linking were over (kakao-api.md 7.1); `age` in milliseconds. */
export interface YoungRead {
  readonly id: KakaoId;
  readonly at: string;
  readonly age: number;
}

export interface UsersSetup {
  /** Milliseconds since 1970. */
  now(): number;
  /** Older apps: who comes back gets a new id (kakao-api.md 3.4). */
  readonly legacyIds: boolean;
  onEvent(event: UserEvent): void;
}

const day = 86_400_000;

/** The app's linked users. Ids are sorted in typed storage; details are stored only for users that were loaded or changed one by one. */
export class Users {
  /** Details reads of users linked less than 24 hours ago, in order. */
  readonly youngReads: YoungRead[] = [];
  readonly #setup: UsersSetup;
  readonly #linked = new SortedIds();
  readonly #stored = new Map<KakaoId, SimulatedUser>();
  readonly #sources: UserSource[] = [];
  /** Linked less than 24 hours before they came here: their sign-up is still to be completed by a read. */
  readonly #incomplete = new Set<KakaoId>();
  #highest = 0n;

  constructor(setup: UsersSetup) {
    this.#setup = setup;
  }

  get count(): number {
    return this.#linked.size;
  }

  has(id: KakaoId): boolean {
    return this.#linked.has(BigInt(id));
  }

  /** A linked user; undefined when the id is not linked now. */
  get(id: KakaoId): SimulatedUser | undefined {
    return this.has(id) ? this.#details(id) : undefined;
  }

  /** Linked ids from one on, inclusive, upwards or downwards. Must be used up before users are linked or unlinked. */
  *idsFrom(start: bigint, descending: boolean): Generator<KakaoId> {
    for (const id of this.#linked.from(start, descending)) yield String(id);
  }

  /** Links a user, now unless the details say otherwise, and gives back the id: the one asked for, or a new highest one. */
  link(details: SimulatedUser = {}, id: KakaoId = this.#newId()): KakaoId {
    if (!isKakaoId(id)) throw notAnId(id);
    if (!this.#linked.add(BigInt(id))) throw new Error(`Kakao id ${id} is linked already`);
    this.#put(id, { connected_at: this.#time(), ...details });
    this.#setup.onEvent({ kind: "user-linked", id });
    return id;
  }

  /** Ends a link: consents, terms, tokens and custom properties go. False when the id is not linked. */
  unlink(id: KakaoId, reason: UnlinkReason): boolean {
    if (!this.#linked.delete(BigInt(id))) return false;
    this.#incomplete.delete(id);
    this.#setup.onEvent({ kind: "user-unlinked", id, reason });
    return true;
  }

  /** Somebody comes back after unlinking and agrees to the same items again: a new link date, terms agreed anew, no custom
   *  properties. The id is kept, or in an app with legacy ids a new one; `changes` win. */
  relink(id: KakaoId, changes: SimulatedUser = {}): KakaoId {
    const now = this.#time();
    const person: { -readonly [Field in keyof SimulatedUser]: SimulatedUser[Field] } = { ...this.#details(id) };
    delete person.properties;
    delete person.service_terms;
    if (person.synched_at !== undefined) person.synched_at = now;
    return this.link({ ...person, connected_at: now, ...changes }, this.#setup.legacyIds ? this.#newId() : id);
  }

  /** Replaces top-level members of a linked user's details; `kakao_account` is merged field by field. */
  change(id: KakaoId, changes: SimulatedUser): void {
    const before = this.get(id);
    if (!before) throw new Error(`Kakao id ${id} is not linked`);
    const account = changes.kakao_account && { kakao_account: { ...before.kakao_account, ...changes.kakao_account } };
    this.#stored.set(id, { ...before, ...changes, ...account });
  }

  /** A linked user adds a channel, blocks it, or leaves it. No webhooks. */
  setRelation(id: KakaoId, channelPublicId: string, relation: "ADDED" | "BLOCKED" | "NONE"): void {
    const { [channelPublicId]: before, ...others } = this.get(id)?.channels ?? {};
    const now = this.#time();
    this.change(id, { channels: relation === "NONE" ? others : { ...others, [channelPublicId]: { relation, created_at: before?.created_at ?? now, updated_at: now } } });
  }

  /** Replaces a linked user's details as a whole, as a withdrawal of consent does. */
  replace(id: KakaoId, details: SimulatedUser): void {
    this.#stored.set(id, details);
  }

  /** Tells the webhooks of something that leaves the link alone. */
  announce(kind: "user-scope-withdraw" | "tokens-revoked", id: KakaoId): void {
    this.#setup.onEvent({ kind, id });
  }

  /** Loads fixtures in the shape of Kakao's answer, as JSON text (big ids are kept) or as an array. No webhooks. */
  load(users: string | readonly LoadedUser[]): void {
    for (const { id, ...details } of typeof users === "string" ? parseUsers(users) : users) {
      const text = String(id);
      if (!isKakaoId(text) || (typeof id === "number" && !Number.isSafeInteger(id))) throw notAnId(text);
      this.#linked.add(BigInt(text));
      this.#put(text, details);
    }
  }

  /** Links a whole population whose details are made when asked for. No webhooks. */
  seed(source: UserSource): void {
    this.#sources.push(source);
    for (let index = 0; index < source.count; index += 1) this.#linked.add(BigInt(source.idAt(index)));
    const last = this.#linked.last ?? 0n;
    if (last > this.#highest) this.#highest = last;
  }

  /** Notes that personal information of a linked user was answered: this completes the sign-up (kakao-api.md 7.1). */
  noteDetailsRead(id: KakaoId, details: SimulatedUser): void {
    const now = this.#setup.now();
    this.#linked.setMark(BigInt(id), now);
    if (details.has_signed_up !== false) this.#incomplete.delete(id);
    const age = now - Date.parse(details.connected_at ?? "");
    if (age < day) this.youngReads.push({ id, at: new Date(now).toISOString(), age });
  }

  /** When a linked user's details were last answered, in milliseconds since 1970; undefined: never since linking. */
  detailsReadAt(id: KakaoId): number | undefined {
    const mark = this.#linked.mark(BigInt(id));
    return mark === 0 ? undefined : mark;
  }

  /** Kakao's daily job (kakao-api.md 7.1): unlinks who was linked 24 hours ago or more and whose details nobody read
   *  since, or whose sign-up is not finished. Users loaded or seeded at a greater age count as complete. */
  cleanUp(): KakaoId[] {
    const now = this.#setup.now();
    const due = [...this.#incomplete].filter((id) => now - Date.parse(this.#details(id)?.connected_at ?? "") >= day);
    due.sort(compareKakaoIds);
    for (const id of due) this.unlink(id, "INCOMPLETE_SIGN_UP");
    return due;
  }

  #put(id: KakaoId, details: SimulatedUser): void {
    this.#stored.set(id, details);
    if (BigInt(id) > this.#highest) this.#highest = BigInt(id);
    const age = this.#setup.now() - Date.parse(details.connected_at ?? "");
    if (age < day) this.#incomplete.add(id);
  }

  #details(id: KakaoId): SimulatedUser | undefined {
    const stored = this.#stored.get(id);
    if (stored) return stored;
    for (const source of this.#sources) {
      const details = source.detailsOf(id);
      if (details) return details;
    }
    return undefined;
  }

  #newId(): KakaoId {
    return String(this.#highest + 1n);
  }

  #time(): string {
    return formatTime(this.#setup.now());
  }
}

/** A point in time as Kakao writes it: RFC 3339 UTC in whole seconds. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Quotes ids before parsing, because JSON.parse would round those above 2^53. Inside a text the quotes would be escaped. */
function parseUsers(json: string): LoadedUser[] {
  const users: unknown = JSON.parse(json.replace(/("id"\s*:\s*)(\d+)/g, '$1"$2"'));
  if (!Array.isArray(users)) {
    throw new StartError({
      code: "simulator-users", message: "The simulator's users are not a JSON array.",
      hint: 'Give an array in the shape of Kakao\'s answer: [{"id": 100017, "connected_at": "2025-11-02T01:20:33Z", "kakao_account": {}}]',
    });
  }
  return users as LoadedUser[];
}

function notAnId(text: string): StartError {
  return new StartError({
    code: "simulator-user-id", message: `A simulated user has the id ${text}, which is no Kakao id or was rounded.`,
    hint: "Write ids above 2^53 as text, or load the users from JSON text.",
  });
}
