import type { KakaoId } from "../core/kakao-id.ts";
import { compareKakaoIds } from "../core/kakao-id.ts";
import type { KakaoUser } from "../core/kakao-user.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Cipher } from "./encryption.ts";
import { removeStateFile } from "./folder.ts";
import { USERS_A_BLOCK, type SnapshotWriter } from "./snapshot-file.ts";
import { guardWrite, openBulkFile, type StateDatabase, type StateFileKind } from "./state-file.ts";
import { decodeUsers, encodeUsers } from "./user-block.ts";

/** Users that are sorted in memory at a time, about 40 MB; the sorted runs are then merged from disk. */
const usersARun = 100_000;

const seal = "import run";

const importFileKind: StateFileKind = {
  version: 1,
  damagedCode: "import-damaged",
  damagedHint: "Run the same command again.",
  schema: "create table runs (run integer not null, number integer not null, sealed blob not null, primary key (run, number)) strict, without rowid;",
};

/** Writes users of any order into a snapshot in ascending order of ids. Throws StartError `kakao-id-twice`. */
export async function importInto(
  writer: SnapshotWriter,
  users: Iterable<KakaoUser> | AsyncIterable<KakaoUser>,
  readAt: number,
  file: string,
  cipher: Cipher,
): Promise<void> {
  removeStateFile(file);
  const db = openBulkFile(file, importFileKind);
  try {
    const runs = await writeRuns(db, users, cipher);
    let last: KakaoId | null = null;
    for (const user of mergeRuns(db, runs, cipher)) {
      if (user.id === last) throw twice(user.id);
      last = user.id;
      writer.add(user, user.state === "read" ? readAt : 0);
    }
  } finally {
    db.close();
    removeStateFile(file);
  }
}

async function writeRuns(db: StateDatabase, users: Iterable<KakaoUser> | AsyncIterable<KakaoUser>, cipher: Cipher): Promise<number> {
  const insert = db.prepare("insert into runs (run, number, sealed) values (?, ?, ?)");
  let run = 0;
  let waiting: KakaoUser[] = [];
  const flush = (): void => {
    waiting.sort((left, right) => compareKakaoIds(left.id, right.id));
    for (let start = 0; start < waiting.length; start += USERS_A_BLOCK) {
      const sealed = cipher.seal(encodeUsers(waiting.slice(start, start + USERS_A_BLOCK)), seal);
      guardWrite(db, () => insert.run(run, start / USERS_A_BLOCK, sealed));
    }
    run += 1;
    waiting = [];
  };
  for await (const user of users) {
    waiting.push(user);
    if (waiting.length === usersARun) flush();
  }
  flush();
  return run;
}

interface Head {
  readonly user: KakaoUser;
  readonly rest: Iterator<KakaoUser>;
}

/** Heads are kept in order, the lowest last: a user of the same run usually goes back to the end at once. */
function* mergeRuns(db: StateDatabase, runs: number, cipher: Cipher): Iterable<KakaoUser> {
  const heads: Head[] = [];
  for (let run = 0; run < runs; run += 1) place(heads, readRun(db, run, cipher)[Symbol.iterator]());
  for (let lowest = heads.pop(); lowest !== undefined; lowest = heads.pop()) {
    yield lowest.user;
    place(heads, lowest.rest);
  }
}

function place(heads: Head[], rest: Iterator<KakaoUser>): void {
  const next = rest.next();
  if (next.done === true) return;
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = heads[middle];
    if (other !== undefined && compareKakaoIds(other.user.id, next.value.id) > 0) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, { user: next.value, rest });
}

function* readRun(db: StateDatabase, run: number, cipher: Cipher): Iterable<KakaoUser> {
  const select = db.prepare<[number, number], Buffer>("select sealed from runs where run = ? and number = ?").pluck();
  for (let number = 0; ; number += 1) {
    const sealed = select.get(run, number);
    if (sealed === undefined) return;
    yield* decodeUsers(cipher.open(sealed, seal));
  }
}

function twice(id: KakaoId): StartError {
  return new StartError({
    code: "kakao-id-twice",
    message: say`The Kakao id ${id} comes more than once in the file of Kakao users.`,
    hint: "Keep one row for each Kakao id, the newest, and run the command again.",
  });
}
