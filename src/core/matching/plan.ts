import { NAMED_AT_MOST } from "../key-index.ts";
import { compareMemberIds } from "../id-order.ts";
import { KEY_NAMES, type KeyName } from "../member.ts";
import { DECIDED_BY, type Answer, type Corroboration, type DecidedBy, type LinkedEvidence, type ReviewReason } from "./answers.ts";
import { overrule, sharedSlot, type ObeyedDecision } from "./decisions.ts";
import { HELD } from "./kakao-side.ts";
import { compare, decide, type Sides } from "./decide.ts";
import { readLinkedEvidence, SAYS, saysOf, type Evidence } from "./evidence.ts";

/** At most this many candidates of a user stand in the review list. */
const CANDIDATES_AT_MOST = 20;

/** The counts of a plan; the Kakao users are the sum of `linked` to `unmatched` (product.md section 11). */
export interface PlanCounts {
  linked: number;
  elsewhere: number;
  unread: number;
  link: Record<DecidedBy, number>;
  relink: number;
  review: Partial<Record<ReviewReason, number>>;
  unmatched: number;
}

/** What M13 looks at: whether the keys point at the people they should. */
export interface PlanQuality {
  ciHits: number;
  ciContradicted: number;
  phoneHitsWithNames: number;
  phoneNamesDiffer: number;
  /** Whether any Kakao user hits a member by the key. */
  hits: Record<KeyName, number>;
}

/** Added to the code of what decided where the target is relinked. */
const relinkCode = 8;

/** A live member that holds the Kakao id of a user whose details speak against it (M1): for `check.csv`. */
export interface ContradictedPair {
  readonly user: number;
  readonly member: number;
  readonly evidence: Evidence;
}

/** All answers of a run. The answers themselves are computed again whenever they are asked for: that is cheaper than to keep ten million of them. */
export class MappingPlan {
  readonly counts: PlanCounts = emptyCounts();
  readonly linkedEvidence: Record<LinkedEvidence, number> = { agree: 0, unknown: 0, contradicted: 0 };
  readonly quality: PlanQuality = { ciHits: 0, ciContradicted: 0, phoneHitsWithNames: 0, phoneNamesDiffer: 0, hits: { ci: 0, phone: 0, email: 0 } };
  /** Links that only an added corroborator carries, or nothing at all. */
  readonly weakLinks: Record<Exclude<Corroboration, "strong">, number> = { email: 0, recentlyVerified: 0, alone: 0 };
  readonly contradicted: ContradictedPair[] = [];
  /** Kakao ids that more than one member holds. */
  heldTwice = 0;
  /** For each kept member, the Kakao user that it is to be linked to, or -1; and by what. */
  private readonly targets: Int32Array;
  private readonly targetBy: Uint8Array;
  /** Members of users under review, whose values the review list shows. */
  readonly candidates = new Set<number>();
  private readonly sides: Sides;
  private readonly decided: ReadonlyMap<number, ObeyedDecision>;
  private readonly groups = new Map<string, string>();
  /** For a Kakao user that only not-live or withdrawn members hold: the first of its strongest holders. */
  private readonly holders = new Map<number, number>();

  constructor(sides: Sides, decisions: readonly ObeyedDecision[]) {
    this.sides = sides;
    this.decided = this.settleUsers(decisions);
    this.targets = new Int32Array(sides.members.length).fill(-1);
    this.targetBy = new Uint8Array(sides.members.length);
    this.readHolders();
    for (let user = 0; user < sides.kakao.ids.length; user += 1) this.take(user, this.answer(user));
  }

  /** The answer of a user, with a person's decision where there is one. */
  answer(user: number): Answer {
    const answer = overrule(decide(this.sides, user), this.decided.get(user));
    const holder = answer.member === -1 ? this.holders.get(user) : undefined;
    return holder === undefined ? answer : { ...answer, member: holder };
  }

  /** What is to be done with a kept member; undefined for nothing. */
  targetOf(member: number): { readonly user: number; readonly action: "link" | "relink"; readonly by: DecidedBy } | undefined {
    const user = this.targets[member] ?? -1;
    if (user === -1) return undefined;
    const code = this.targetBy[member] ?? 0;
    return { user, action: code >= relinkCode ? "relink" : "link", by: DECIDED_BY[code % relinkCode] ?? "decision" };
  }

  evidence(user: number, member: number): Evidence {
    return compare(this.sides, user, member);
  }

  /** `phone-3`: the name of the shared value that the answer is about, numbered in the order of Kakao ids; empty where it is about none. */
  group(user: number, answer: Answer): string {
    const shared = sharedSlot(this.sides, user, answer.reason);
    return shared === undefined ? "" : (this.groups.get(shared) ?? "");
  }

  /** Every group as `[key, slot, name]`. */
  *sharedGroups(): Iterable<readonly [KeyName, number, string]> {
    for (const [shared, name] of this.groups) {
      const key = KEY_NAMES.find((each) => shared.startsWith(`${each}-`));
      if (key !== undefined) yield [key, Number(shared.slice(key.length + 1)), name];
    }
  }

  /**
   * The kept members a person has to choose from, ordered by place and id, at most twenty. Empty for a value that more
   * than ten members hold: whom of them the index chained depends on the order of rows.
   */
  candidatesOf(user: number, answer: Answer): readonly number[] {
    if (answer.action !== "review") return [];
    if (answer.member !== -1) return [answer.member];
    const keys = answer.by === "" || answer.by === "decision" ? this.sides.options.keys : [answer.by];
    const found = new Set<number>();
    for (const key of keys) {
      const slot = this.sides.kakao.slot(key, user);
      if (slot < 0 || this.isCrowded(key, slot)) continue;
      for (const member of this.sides.kakao.indexes[key].chained(slot)) found.add(member);
    }
    return [...found].sort((left, right) => this.compareMembers(left, right)).slice(0, CANDIDATES_AT_MOST);
  }

  /** Held by more members than can be named. */
  isCrowded(key: KeyName, slot: number): boolean {
    return this.sides.kakao.indexes[key].members(slot) > NAMED_AT_MOST;
  }

  compareMembers(left: number, right: number): number {
    const { members } = this.sides;
    return members.places.at(left) - members.places.at(right) || compareMemberIds(members.ids.at(left), members.ids.at(right));
  }

  /** One decision a user: a link, or `unmatched` once it was said of every candidate. */
  private settleUsers(decisions: readonly ObeyedDecision[]): ReadonlyMap<number, ObeyedDecision> {
    const settled = new Map<number, ObeyedDecision>();
    const unmatched = new Map<number, Set<number>>();
    for (const decision of decisions) {
      if (decision.decision === "link") settled.set(decision.user, decision);
      if (decision.decision !== "unmatched") continue;
      const members = unmatched.get(decision.user) ?? new Set();
      unmatched.set(decision.user, members.add(decision.member));
      const candidates = this.candidatesOf(decision.user, decide(this.sides, decision.user));
      if (!settled.has(decision.user) && candidates.every((member) => members.has(member))) settled.set(decision.user, decision);
    }
    return settled;
  }

  private take(user: number, answer: Answer): void {
    const { counts } = this;
    this.takeQuality(user, answer);
    if (answer.action === "link" && answer.by !== "") counts.link[answer.by] += 1;
    else if (answer.action === "review" && answer.reason !== "") counts.review[answer.reason] = (counts.review[answer.reason] ?? 0) + 1;
    else if (answer.action !== "link" && answer.action !== "review") counts[answer.action] += 1;
    if (answer.action === "link" || answer.action === "relink") this.aim(user, answer);
    const shared = sharedSlot(this.sides, user, answer.reason);
    if (shared !== undefined && !this.groups.has(shared)) this.groups.set(shared, `${shared.slice(0, shared.indexOf("-"))}-${this.groups.size + 1}`);
    for (const member of this.candidatesOf(user, answer)) this.candidates.add(member);
  }

  /** Notes whom a member is to be linked to. Two users for one member cannot be, by M4 and M7: were it so, the rules are broken. */
  private aim(user: number, answer: Answer): void {
    if (this.targets[answer.member] !== -1) throw new Error("two Kakao users would be linked to one member");
    this.targets[answer.member] = user;
    this.targetBy[answer.member] = DECIDED_BY.findIndex((by) => by === answer.by) + (answer.action === "relink" ? relinkCode : 0);
    if (answer.corroboration !== "strong") this.weakLinks[answer.corroboration] += 1;
  }

  private takeQuality(user: number, answer: Answer): void {
    const { quality } = this;
    for (const key of KEY_NAMES) {
      const slot = this.sides.kakao.slot(key, user);
      if (slot >= 0 && quality.hits[key] === 0 && this.sides.kakao.indexes[key].members(slot) > 0) quality.hits[key] = 1;
    }
    if (answer.member === -1 || (answer.by !== "ci" && answer.by !== "phone")) return;
    const evidence = this.evidence(user, answer.member);
    const name = saysOf(evidence, "name");
    if (answer.by === "ci") {
      quality.ciHits += 1;
      if (name === SAYS.differ && saysOf(evidence, "birthdate") === SAYS.differ) quality.ciContradicted += 1;
    } else if (name !== SAYS.unknown) {
      quality.phoneHitsWithNames += 1;
      if (name === SAYS.differ) quality.phoneNamesDiffer += 1;
    }
  }

  /** One sweep over the members that hold a listed id: the evidence of linked pairs, and who holds what nobody live holds. */
  private readHolders(): void {
    const { kakao, members } = this.sides;
    const evidenceOf = new Uint8Array(kakao.ids.length);
    const holderCount = new Uint8Array(kakao.ids.length);
    const takePair = (user: number, member: number): void => {
      if (holderCount[user] === 1) this.heldTwice += 1;
      holderCount[user] = Math.min(2, (holderCount[user] ?? 0) + 1);
      if (members.isLive(member)) evidenceOf[user] = Math.max(evidenceOf[user] ?? 0, this.readPair(user, member));
      else this.noteHolder(user, member);
    };
    for (let member = 0; member < members.length; member += 1) {
      const user = members.links.at(member);
      if (user >= 0) takePair(user, member);
    }
    for (const [member, users] of members.furtherUsers) for (const user of users) takePair(user, member);
    for (let user = 0; user < kakao.ids.length; user += 1) {
      const rank = evidenceOf[user] ?? 0;
      if (rank > 0) this.linkedEvidence[rank === 3 ? "contradicted" : rank === 2 ? "agree" : "unknown"] += 1;
    }
  }

  private readPair(user: number, member: number): number {
    const evidence = this.evidence(user, member);
    const reading = readLinkedEvidence(evidence);
    if (reading === "contradicted") this.contradicted.push({ user, member, evidence });
    return reading === "contradicted" ? 3 : reading === "agree" ? 2 : 1;
  }

  private noteHolder(user: number, member: number): void {
    const strongest = this.sides.kakao.held[user];
    if (strongest === HELD.live || strongest === HELD.dangling) return;
    const known = this.holders.get(user);
    const stronger = known === undefined ? true : this.isStrongerHolder(member, known);
    if (stronger) this.holders.set(user, member);
  }

  private isStrongerHolder(member: number, known: number): boolean {
    const { members } = this.sides;
    if (members.isWithdrawn(member) !== members.isWithdrawn(known)) return members.isWithdrawn(known);
    return this.compareMembers(member, known) < 0;
  }
}

function emptyCounts(): PlanCounts {
  return { linked: 0, elsewhere: 0, unread: 0, link: { ci: 0, phone: 0, email: 0, decision: 0 }, relink: 0, review: {}, unmatched: 0 };
}
