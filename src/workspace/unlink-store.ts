import { createHash } from "node:crypto";
import { createAnswerWriter, findAnswer, findMemberAnswers, type AnswerWriter } from "./answers.ts";
import type { Cipher } from "./encryption.ts";
import { Journal } from "./journal.ts";
import { createRowWriter, digestBatches, readBatches, type Batch, type RowWriter } from "./row-batches.ts";
import { createRunFile, openRunFile, unlinkFileKind } from "./run-file.ts";
import type { AnswerStore } from "./run-store.ts";
import type { StateDatabase } from "./state-file.ts";
import { goneBatches, unlinkBatches, type GoneRow, type UnlinkKind, type UnlinkRow } from "./unlink-batches.ts";

/** A new unlinking run's store while the plan is made: written in one go, nothing counts before `finish`. */
export interface UnlinkDraft {
  /** Whom to unlink, the longest linked first. */
  readonly unlinks: RowWriter<UnlinkRow>;
  /** Stored links that Kakao no longer has, in the order in which the members were read. */
  readonly gone: RowWriter<GoneRow>;
  /** Everybody without a live or not-live holder, in numeric order of the Kakao ids; the kind is the reason, `unlink` or `keep` the action. */
  readonly answers: AnswerWriter;
  /** Brings everything to the disk. Answers the plan's digest, over unlinks and gone links, and how many there are of each. */
  finish(): { readonly digest: string; readonly unlinks: number; readonly gone: number };
  discard(): void;
}

/** Starts `run.db` of an unlinking run in its prepared folder. */
export function createUnlinkStore(folder: string, runId: string, cipher: Cipher): UnlinkDraft {
  const file = createRunFile(folder, runId, cipher, unlinkFileKind);
  const unlinks = createRowWriter(file.db, unlinkBatches);
  const gone = createRowWriter(file.db, goneBatches);
  const answers = createAnswerWriter(file.db);
  return {
    unlinks,
    gone,
    answers,
    finish: () => {
      const [unlinked, left] = [unlinks.finish(), gone.finish()];
      answers.finish();
      file.finish();
      return { digest: joinDigests(unlinked.digest, left.digest), unlinks: unlinked.rows, gone: left.rows };
    },
    discard: file.discard,
  };
}

/** A planned unlinking run's store. */
export interface UnlinkStore extends AnswerStore {
  /** Whom to unlink, in batches: the first holds the canary. A row's number in the journal is its place in this order. */
  unlinks(): Iterable<Batch<UnlinkRow>>;
  gone(): Iterable<Batch<GoneRow>>;
}

/** Opens `run.db` of an unlinking run. Throws StartError `run-damaged`. */
export function openUnlinkStore(folder: string, runId: string, cipher: Cipher): UnlinkStore {
  const { db } = openRunFile(folder, runId, cipher, unlinkFileKind);
  return {
    unlinks: () => readBatches(db, unlinkBatches),
    gone: () => readBatches(db, goneBatches),
    planDigest: () => digestPlan(db),
    journal: (name) => new Journal(db, cipher, runId, name),
    findAnswer: (kakaoId) => findAnswer(db, kakaoId),
    findMemberAnswers: (place, memberId) => findMemberAnswers(db, place, memberId),
    close: () => db.close(),
  };
}

function digestPlan(db: StateDatabase): string {
  return joinDigests(digestBatches(db, unlinkBatches), digestBatches(db, goneBatches));
}

function joinDigests(unlinks: string, gone: string): string {
  return createHash("sha256").update(`${unlinks} ${gone}`).digest("hex");
}

export type { GoneRow, UnlinkKind, UnlinkRow };
