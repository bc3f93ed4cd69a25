import type { Context } from "../../context.ts";
import type { MemberRow } from "../../core/member.ts";
import { IdentifierCollector, type Identifiers } from "../../core/targets/identifiers.ts";
import { collectIdentifiers, judgeRow, RefusedSince, settle, Unread, type BadField, type Judged, type ReadField, type TargetInput, type TargetRules } from "../../core/targets/judge.ts";
import { readKoreanDay, type Notice } from "../../core/targets/notice.ts";
import { isNoticed, TargetTally, type TargetCounts } from "../../core/targets/tally.ts";
import type { TargetAnswer } from "../../core/targets/targets.ts";
import type { Inspection } from "../../database/service-database.ts";
import { FailedError, StartError } from "../../errors.ts";
import { askRelations, blockShared, tellRelationCalls, unasked, type AskedBatch } from "./ask-relations.ts";
import { letRowsDieYoung } from "./let-rows-die-young.ts";
import { readZoneMinutes } from "./read-mapping-options.ts";
import { readFullInputs, readNarrowInputs } from "./read-target-inputs.ts";
import { refuseUnread } from "./refuse-unread.ts";

/** Flags that choose whom a customer file is to hold. */
export interface SelectionFlags {
  /** A name of `channel.segments`. */
  readonly segment?: string;
  readonly night?: boolean;
  readonly relation?: boolean;
  readonly excludeOverdue?: boolean;
  /** Exactly so many refusals and consents that nobody can read do not refuse the selection. */
  readonly acceptUnreadable?: number | undefined;
}

/** What lists beside the answers are written from. */
export interface SelectionLists {
  /** Someone who is owed a reconfirmation notice (T3). */
  readonly notice?: (member: Member, notice: Notice) => void;
  /** Someone left out as `bad-value`. */
  readonly badFields?: (member: Member, fields: readonly BadField[]) => void;
}

interface Member {
  readonly place: number;
  readonly memberId: string;
}

export interface TargetSelection {
  readonly inspection: Inspection;
  /** Every row once, in reading order; to be read once. Throws FailedError `members-changed`, RefusedError where values could not be decrypted, and what Kakao and the database throw. */
  readonly answers: AsyncIterable<readonly TargetAnswer[]>;
  /** Whether an answer has exported this identifier so far. */
  readonly isExported: (id: bigint) => boolean;
  /** What the answers so far come to. */
  readonly counts: () => TargetCounts;
}

/**
 * Whom a customer file may hold (product.md T1, T2). The members are read twice: first only for who refuses, since a refusal on any row wins; this is done when it returns.
 * The second reading is the stream of answers, Kakao being asked on the way where `--relation` says so. 8.5 bytes a row that may be exported or refuses, 16.5 for a moment.
 */
export async function selectTargets(context: Context, flags: SelectionFlags, readField: ReadField, lists: SelectionLists = {}): Promise<TargetSelection> {
  letRowsDieYoung();
  const extras = context.channelExtras({ segment: flags.segment, phone: context.config.channel?.idType === "phone", fields: true });
  const inspection = await (await context.database()).inspect(extras.sources);
  refuseMissing(context, flags, inspection);
  const rules = await readRules(context, flags, readField);
  const narrow = (opened: (page: readonly MemberRow[]) => void = () => undefined): AsyncIterable<Iterable<TargetInput>> => readNarrowInputs(context, inspection, extras, opened);
  const identifiers = await collectAll(context, flags, rules, narrow);
  if (flags.relation === true && rules.idType === "phone" && identifiers.sharing > 0) await blockShared(context, narrow(), rules, identifiers);

  const tally = new TargetTally();
  const opened = context.values().tally();
  const judged = judgePages(readFullInputs(context, inspection, extras, (page) => opened.add(page)), rules, identifiers, tally);
  const asked = flags.relation === true ? askRelations(context, judged, identifiers) : unasked(judged);
  return {
    inspection,
    answers: settlePages(asked, identifiers, tally, lists, () => opened.refuseMany()),
    isExported: (id) => identifiers.isTaken(id),
    counts: () => tally.counts,
  };
}

/** The first reading; with `--relation` the forecast of the calls, too, which then is an upper bound. Refuses what nobody can read. */
async function collectAll(context: Context, { relation, acceptUnreadable }: SelectionFlags, rules: TargetRules, read: (opened: (page: readonly MemberRow[]) => void) => AsyncIterable<Iterable<TargetInput>>): Promise<Identifiers> {
  const [collector, unread, opened] = [new IdentifierCollector(), new Unread(), context.values().tally()];
  let askable = 0;
  for await (const inputs of read((page) => opened.add(page))) {
    for (const input of inputs) if (collectIdentifiers(input, rules, collector, unread) && input.inSegment && input.links.length > 0) askable += 1;
  }
  opened.refuseMany();
  refuseUnread(unread, acceptUnreadable);
  const identifiers = collector.take();
  if (relation === true) tellRelationCalls(context, askable + (rules.idType === "phone" ? identifiers.sharing : 0));
  return identifiers;
}

async function* judgePages(pages: AsyncIterable<Iterable<TargetInput>>, rules: TargetRules, identifiers: Identifiers, { doubts }: TargetTally): AsyncIterable<readonly Judged[]> {
  for await (const inputs of pages) {
    try {
      const judged: Judged[] = [];
      for (const input of inputs) judged.push(judgeRow(input, rules, identifiers, doubts));
      yield judged;
    } catch (error) {
      if (!(error instanceof RefusedSince)) throw error;
      throw new FailedError({
        code: "members-changed",
        message: "While the members were being read somebody refused whose other row had been taken in already. Nothing was exported.",
        hint: "Run the same command again.",
      });
    }
  }
}

async function* settlePages(batches: AsyncIterable<AskedBatch>, identifiers: Identifiers, tally: TargetTally, lists: SelectionLists, end: () => void): AsyncIterable<readonly TargetAnswer[]> {
  for await (const { rows, relationOf } of batches) {
    yield rows.map((row) => {
      const relation = "leftOut" in row ? null : relationOf(row);
      const answer = "leftOut" in row ? { leftOut: row.leftOut } : settle(row, relation, identifiers);
      tally.add(answer, row.notice, relation);
      tellLists(lists, answer, row);
      return answer;
    });
  }
  end();
}

function tellLists(lists: SelectionLists, answer: TargetAnswer, row: Judged): void {
  if (row.notice !== null && isNoticed(answer)) lists.notice?.("exported" in answer ? answer.exported : answer.leftOut, row.notice);
  if ("badFields" in row && row.badFields.length > 0 && "leftOut" in answer && answer.leftOut.reason === "bad-value") lists.badFields?.(row.row, row.badFields);
}

async function readRules(context: Context, flags: SelectionFlags, readField: ReadField): Promise<TargetRules> {
  const { channel, database, members } = context.config;
  const nowMs = context.now();
  return {
    idType: channel?.idType ?? "app",
    night: flags.night === true,
    excludeOverdue: flags.excludeOverdue === true,
    ageUnknown: members.birthdate === undefined ? "not-asked" : (channel?.ageUnknown ?? "leave-out"),
    clock: { nowMs, zoneMinutes: readZoneMinutes(database.timeZone, nowMs) },
    today: readKoreanDay(nowMs),
    foreignPhone: await context.foreignPhone(),
    readField,
  };
}

/** What the configuration lacks for what the flags or the kind of identifier ask. */
function refuseMissing({ config: { channel } }: Context, { night }: SelectionFlags, { missingLinkColumn }: Inspection): void {
  if (night === true && channel?.marketing.night === undefined) {
    throw new StartError({ code: "night-missing", message: "--night needs the consent to messages at night, and the configuration names no column for it.", hint: "Write it under channel.marketing.night, or send between 08:00 and 21:00 only." });
  }
  if (channel?.idType === "app" && missingLinkColumn !== null) {
    throw new StartError({ code: "link-column-missing", message: "The member table has no link column yet: nobody has a Kakao id to be exported under.", hint: "Link the members first (kakao-sync map-members), or set channel.idType: phone." });
  }
}
