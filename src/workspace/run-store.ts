import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { createAnswerWriter, findAnswer, findMemberAnswers, type Answer, type AnswerWriter } from "./answers.ts";
import { createCandidateWriter, findCandidates, readCandidates, type Candidate } from "./candidates.ts";
import { BrokenSeal, type Cipher, createKeyedDigest, type KeyedDigest } from "./encryption.ts";
import { removeStateFile, syncToDisk } from "./folder.ts";
import { Journal, type JournalName } from "./journal.ts";
import { createPlanWriter, digestPlan, readPlan, type PlanBatch, type PlanRow, type PlanWriter } from "./plan-batches.ts";
import { guardWrite, openBulkFile, openStateFile, type StateDatabase, type StateFileKind } from "./state-file.ts";

/** `runs/<id>/run.db`: the plan as the apply obeys it, what was decided about everyone, and the journal of what was done. */
const runFileKind: StateFileKind = {
  version: 1,
  damagedCode: "run-damaged",
  damagedHint: "A plan that was not applied: make a new one. Else restore the workspace folder from a backup before going on.",
  schema: `
    create table meta (name text primary key, value blob not null) strict, without rowid;
    create table batches (seq integer primary key, rows integer not null, body text not null) strict;
    create table answers (number integer primary key, first_id integer not null unique, body text not null) strict;
    create table candidates (
      code text not null, kakao_id integer not null, place integer not null, member_id text not null,
      reason text not null, evidence text not null, grouped text
    ) strict;
    create index candidates_by_code on candidates (code);
    create index candidates_by_user on candidates (kakao_id);
    create table journal (
      name text not null, seq integer not null, intent blob not null, outcome blob,
      primary key (name, seq)
    ) strict, without rowid;`,
};

/** A new run's store while the plan is made: written in one go, nothing counts before `finish`. */
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
  const path = join(folder, "run.db");
  removeStateFile(path);
  const db = openBulkFile(path, runFileKind);
  const salt = randomBytes(32);
  db.exec("begin");
  db.prepare("insert into meta (name, value) values ('salt', ?)").run(cipher.seal(salt, saltSeal(runId)));
  const plan = createPlanWriter(db);
  const answers = createAnswerWriter(db);
  return {
    digest: createKeyedDigest(salt),
    plan,
    answers,
    addCandidate: createCandidateWriter(db),
    finish: () => {
      const finished = plan.finish();
      answers.finish();
      guardWrite(db, () => db.exec("commit"));
      db.close();
      syncToDisk(path);
      return finished;
    },
    discard: () => {
      db.close();
      removeStateFile(path);
    },
  };
}

/** A planned run's store. Close it after use. */
export interface RunStore {
  readonly digest: KeyedDigest;
  /** The plan in batches, in the order in which it was written. */
  batches(): Iterable<PlanBatch>;
  /** Computes the plan's digest again from what is stored; the caller compares it with the run's. */
  planDigest(): string;
  journal(name: JournalName): Journal;
  findAnswer(kakaoId: string): Answer | undefined;
  /** Every answer that names the member: a scan of the whole run, about a second a million users. */
  findMemberAnswers(place: number, memberId: string): Answer[];
  findCandidates(kakaoId: string): Candidate[];
  candidates(): Iterable<Candidate>;
  close(): void;
}

/** Opens `run.db` of a run. Throws StartError `run-damaged`. */
export function openRunStore(folder: string, runId: string, cipher: Cipher): RunStore {
  const path = join(folder, "run.db");
  const db = openStateFile(path, runFileKind);
  return {
    digest: createKeyedDigest(readSalt(db, path, runId, cipher)),
    batches: () => readPlan(db),
    planDigest: () => digestPlan(db),
    journal: (name) => new Journal(db, cipher, runId, name),
    findAnswer: (kakaoId) => findAnswer(db, kakaoId),
    findMemberAnswers: (place, memberId) => findMemberAnswers(db, place, memberId),
    findCandidates: (kakaoId) => findCandidates(db, kakaoId),
    candidates: () => readCandidates(db),
    close: () => db.close(),
  };
}

function saltSeal(runId: string): string {
  return `run salt|${runId}`;
}

function readSalt(db: StateDatabase, path: string, runId: string, cipher: Cipher): Buffer {
  const sealed = db.prepare<[], Buffer>("select value from meta where name = 'salt'").pluck().get();
  let cause: unknown;
  try {
    if (sealed !== undefined) return cipher.open(sealed, saltSeal(runId));
  } catch (error) {
    if (!(error instanceof BrokenSeal)) throw error;
    cause = error;
  }
  db.close();
  const { damagedCode: code, damagedHint: hint } = runFileKind;
  throw new StartError({ code, message: `${path} is damaged, or belongs to another run.`, hint, cause });
}

export type { Answer, Candidate, PlanBatch, PlanRow };
