import type { KakaoId } from "../kakao-id.ts";
import type { KakaoUser } from "../kakao-user.ts";
import { KEY_NAMES, type MemberRow } from "../member.ts";
import { TextHash } from "../text-hash.ts";
import type { Action, Answer, DecidedBy } from "./answers.ts";
import type { ObeyedDecision } from "./decisions.ts";
import { compare, decide, type Sides } from "./decide.ts";
import { readSnapshotKey } from "./kakao-side.ts";
import { readMember, type ReadMember } from "./member-side.ts";
import type { MappingPlan } from "./plan.ts";
import type { RowIndex } from "./row-index.ts";
import { SharedGroups } from "./shared-groups.ts";

/** A change that apply is to make. The digest is of every value the decision used; empty when the row changed while the plan was made, so that it will be found moved. */
export interface PlannedLink {
  readonly place: number;
  readonly memberId: string;
  readonly kakaoId: KakaoId;
  readonly action: Extract<Action, "link" | "relink"> | "unlink";
  readonly by: DecidedBy;
  /** The id that a relink replaces or a decision clears. */
  readonly former: KakaoId | null;
  readonly digest: string;
}

/** What the review list shows of one side, already masked by the caller's function. */
export interface ShownValues {
  readonly phone: string;
  readonly email: string;
  readonly name: string;
  readonly birthdate: string;
}

export type ShowValues = (values: { phone: string | null; email: string | null; name: string | null; birthdate: string | null }) => ShownValues;

/** Two different values had one hash, once in 10^12 runs: the plan is to be made again with another seed. */
export class FalseHit extends Error {
  override readonly name = "FalseHit";
}

/** The text whose keyed digest stands for all values that a decision by this key used. */
export function renderUsedValues(by: DecidedBy, row: MemberRow, read: ReadMember): string {
  const state = [row.state, row.blocked, row.protected];
  const used = by === "ci" ? [read.ci, read.name, read.birthdate] : [read.ci, read.phone, read.email, read.name, read.birthdate, read.phoneVerified, read.emailVerified];
  return [by, ...state, ...used].join("\u001f");
}

/**
 * Pass 4: both sides once more, to compare real values before the plan is written, and to collect what the lists show.
 * First all members, then all Kakao users.
 */
export class PlanCheck {
  readonly groups: SharedGroups;
  private readonly sides: Sides;
  private readonly plan: MappingPlan;
  private readonly rows: RowIndex;
  private readonly digest: (text: string) => string;
  private readonly show: ShowValues;
  private readonly hash: TextHash;
  /** The first 32 bits of the digest of each target's deciding value, beside the 64 bits of its hash. */
  private readonly deciding: Uint32Array;
  private readonly checked: Uint8Array;
  private readonly candidateValues = new Map<number, ShownValues>();
  private readonly decided: readonly ObeyedDecision[];
  private readonly decidedMembers = new Map<number, string>();
  private readonly decidedUsers = new Map<number, string>();
  /** Linked members whose link a person chose to clear, with the Kakao user. */
  private readonly clears: ReadonlyMap<number, number>;

  constructor(sides: Sides, plan: MappingPlan, rows: RowIndex, decided: readonly ObeyedDecision[], digest: (text: string) => string, show: ShowValues) {
    this.sides = sides;
    this.plan = plan;
    this.rows = rows;
    this.digest = digest;
    this.show = show;
    this.hash = new TextHash(sides.options.seed);
    this.groups = new SharedGroups(plan.sharedGroups());
    this.decided = decided;
    for (const { user, member } of decided) {
      this.decidedMembers.set(member, "");
      this.decidedUsers.set(user, "");
    }
    this.clears = new Map(decided.filter(({ decision }) => decision === "unlink").map(({ user, member }) => [member, user]));
    this.deciding = new Uint32Array(sides.members.length);
    this.checked = new Uint8Array(sides.members.length);
  }

  /** Reads members again, and hands out the changes to make in the order of these rows. */
  takeMembers(rows: readonly MemberRow[], planned: (link: PlannedLink) => void): void {
    for (const row of rows) {
      if (row.state === "withdrawn") continue;
      const at = this.rows.find(row.place, row.id);
      const user = at < 0 ? -1 : (this.plan.targets[at] ?? -1);
      const isShown = at >= 0 && (this.plan.candidates.has(at) || this.decidedMembers.has(at));
      if (user >= 0 || isShown || this.sides.members.memberCis.anyRepeated) this.takeMember(row, at, user, isShown, planned);
      if (at >= 0 && this.groups.hasSlots) this.addToGroups(row.id, at);
    }
  }

  /** Members that are to be linked and were not met again: they are planned all the same, and will be found moved. */
  finishMembers(planned: (link: PlannedLink) => void): void {
    this.plan.targets.forEach((user, at) => {
      if (user >= 0 && this.checked[at] === 0) planned(this.planLink(this.sides.members.places.at(at), this.sides.members.ids[at] ?? "", user, null, ""));
    });
  }

  /** For each decision, by its position in the list: the text of all values of both sides, which a remembered decision stands or falls with. */
  *decidedValues(): Iterable<readonly [number, string]> {
    for (const { user, member, at } of this.decided) {
      const said = [decide(this.sides, user).reason, compare(this.sides, user, member)];
      yield [at, [...said, this.decidedUsers.get(user) ?? "", this.decidedMembers.get(member) ?? ""].join("\u001e")];
    }
  }

  /** Compares the real deciding value of a user with the member's. Throws FalseHit. */
  checkUser(row: number, user: KakaoUser, answer: Answer): void {
    if (this.decidedUsers.has(row)) this.decidedUsers.set(row, [user.state, user.ci, user.phone, user.email, user.name, user.birthdate].join("\u001f"));
    if ((answer.action !== "link" && answer.action !== "relink") || answer.by === "decision" || answer.by === "") return;
    if (this.checked[answer.member] !== 2) return;
    const value = readSnapshotKey(user, answer.by, this.sides.options);
    if (this.shorten(String(value)) !== this.deciding[answer.member]) throw new FalseHit();
  }

  addUserToGroups(row: number, id: KakaoId): void {
    if (!this.groups.hasSlots) return;
    for (const key of KEY_NAMES) this.groups.at(key, this.sides.kakao.slot(key, row))?.kakao.add(id);
  }

  /** Masked values of a candidate; all empty when it was not met again. */
  shownMember(at: number): ShownValues {
    return this.candidateValues.get(at) ?? this.show({ phone: null, email: null, name: null, birthdate: null });
  }

  shownUser(user: KakaoUser): ShownValues {
    return this.show({ phone: textOf(user.phone), email: textOf(user.email), name: user.name, birthdate: user.birthdate });
  }

  private takeMember(row: MemberRow, at: number, user: number, isShown: boolean, planned: (link: PlannedLink) => void): void {
    const read = readMember(row, this.sides.options);
    if (user >= 0) planned(this.checkTarget(row, read, at, user));
    if (this.decidedMembers.has(at)) this.decidedMembers.set(at, renderUsedValues("decision", row, read));
    if (this.clears.has(at)) planned(this.planClear(row, read, this.clears.get(at) ?? -1));
    if (isShown) this.candidateValues.set(at, this.show({ phone: textOf(read.phone), email: textOf(read.email), name: read.name, birthdate: read.birthdate }));
    if (typeof read.ci === "string") this.addMemberCi(row.id, at, read.ci);
  }

  private checkTarget(row: MemberRow, read: ReadMember, at: number, user: number): PlannedLink {
    const { by } = this.plan.answer(user);
    const unchanged = by !== "" && this.sides.members.stillReads(at, row, read);
    this.checked[at] = unchanged ? 2 : 1;
    if (unchanged && by !== "decision") this.deciding[at] = this.shorten(String(read[by]));
    return this.planLink(row.place, row.id, user, row.link, unchanged ? this.digest(renderUsedValues(by, row, read)) : "");
  }

  private planLink(place: number, memberId: string, user: number, link: string | null, digest: string): PlannedLink {
    const { action, by } = this.plan.answer(user);
    const relink = action === "relink";
    return { place, memberId, kakaoId: this.sides.kakao.ids.at(user), action: relink ? "relink" : "link", by: by === "" ? "decision" : by, former: relink ? link : null, digest };
  }

  private planClear(row: MemberRow, read: ReadMember, user: number): PlannedLink {
    const kakaoId = this.sides.kakao.ids.at(user);
    const digest = this.digest(renderUsedValues("decision", row, read));
    return { place: row.place, memberId: row.id, kakaoId, action: "unlink", by: "decision", former: kakaoId, digest };
  }

  private addToGroups(id: string, at: number): void {
    for (const key of KEY_NAMES) this.groups.at(key, this.sides.members.slot(key, at))?.members.add(id);
  }

  private addMemberCi(id: string, at: number, ci: string): void {
    if (at >= 0 && this.groups.at("ci", this.sides.members.slot("ci", at)) !== undefined) return;
    this.hash.read(ci);
    if (this.sides.members.memberCis.isRepeated(this.hash)) this.groups.addMemberCi(`${this.hash.high}-${this.hash.low}`, id);
  }

  private shorten(value: string): number {
    return Number.parseInt(this.digest(value).slice(0, 8), 16);
  }
}

function textOf(value: string | number): string | null {
  return typeof value === "string" ? value : null;
}
