import { createAnswerWriter, findAnswer, findMemberAnswers, readAnswers, type Answer, type AnswerWriter } from "./answers.ts";
import { createCandidateWriter, findCandidates, readCandidates, type Candidate } from "./candidates.ts";
import type { Cipher, KeyedDigest } from "./encryption.ts";
import { Journal, type JournalName } from "./journal.ts";
import { planBatches, type PlanBatch, type PlanRow, type PlanWriter } from "./plan-batches.ts";
import { createRowWriter, digestBatches, readBatches } from "./row-batches.ts";
import { createRunFile, openRunFile, runFileKind } from "./run-file.ts";

/** A new mapping run's store while the plan is made: written in one go, nothing counts before `finish`. */
export interface RunDraft {
  /** Digest for the values a decision used; the salt is drawn for this run and kept sealed in it. */
  readonly digest: KeyedDigest;
  /** Rows in primary-key order of the members. */
  readonly plan: PlanWriter;
  /** Answers in numeric order of the Kakao ids. */
  readonly answers: AnswerWriter;
  addCandidate(candidate: Candidate): void;
  /** Brings everything to the disk. Answers the plan's digest and rows. */
  finish(): { readonly digest: string; readonly rows: number };
  discard(): void;
}

/** Starts `run.db` in a prepared run's folder. */
export function createRunStore(folder: string, runId: string, cipher: Cipher): RunDraft {
  const file = createRunFile(folder, runId, cipher, runFileKind);
  const plan = createRowWriter(file.db, planBatches);
  const answers = createAnswerWriter(file.db);
  return {
    digest: file.digest,
    plan,
    answers,
    addCandidate: createCandidateWriter(file.db),
    finish: () => {
      const finished = plan.finish();
      answers.finish();
      file.finish();
      return finished;
    },
    discard: file.discard,
  };
}

/** What every planned run's store answers. Close it after use. */
export interface AnswerStore {
  findAnswer(kakaoId: string): Answer | undefined;
  /** Every answer that names the member: a scan of the whole run, about a second a million users. */
  findMemberAnswers(place: number, memberId: string): Answer[];
  /** Computes the plan's digest again from what is stored; the caller compares it with the run's. */
  planDigest(): string;
  journal(name: JournalName): Journal;
  close(): void;
}

/** A planned mapping run's store. */
export interface RunStore extends AnswerStore {
  readonly digest: KeyedDigest;
  /** The plan in batches, in the order in which it was written. */
  batches(): Iterable<PlanBatch>;
  /** In numeric order of the Kakao ids: everybody but the linked ones, who are among them only with --all-rows. */
  answers(): Iterable<Answer>;
  findCandidates(kakaoId: string): Candidate[];
  candidates(): Iterable<Candidate>;
}

/** Opens `run.db` of a run. Throws StartError `run-damaged`. */
export function openRunStore(folder: string, runId: string, cipher: Cipher): RunStore {
  const { db, digest } = openRunFile(folder, runId, cipher, runFileKind);
  return {
    digest,
    batches: () => readBatches(db, planBatches),
    planDigest: () => digestBatches(db, planBatches),
    journal: (name) => new Journal(db, cipher, runId, name),
    findAnswer: (kakaoId) => findAnswer(db, kakaoId),
    findMemberAnswers: (place, memberId) => findMemberAnswers(db, place, memberId),
    answers: () => readAnswers(db),
    findCandidates: (kakaoId) => findCandidates(db, kakaoId),
    candidates: () => readCandidates(db),
    close: () => db.close(),
  };
}

export type { Answer, Candidate, PlanBatch, PlanRow };
