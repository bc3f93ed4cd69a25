import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { RefusedError, StartError } from "../errors.ts";
import { say } from "../say.ts";
import { Approvals } from "./approvals.ts";
import { DecisionMemory } from "./decisions.ts";
import type { Cipher } from "./encryption.ts";
import { makePrivateFolder } from "./folder.ts";
import type { KeySource } from "./key-source.ts";
import { acquireLock, isLocked, type LockHolder, type WorkspaceLock } from "./lock.ts";
import { openCipher, rotateKey, type RotatedKey } from "./open-cipher.ts";
import { createRunStore, openRunStore, type RunDraft, type RunStore } from "./run-store.ts";
import { type Run, Runs } from "./runs.ts";
import { CallCounter, ListingTimes, NotedHead, Settings } from "./small-facts.ts";
import { SnapshotStore } from "./snapshot-store.ts";
import { explainSqliteError, openStateFile, type StateDatabase, type StateFileKind, transactDurably } from "./state-file.ts";
import { openTargetLists, type TargetLists } from "./target-lists.ts";
import { createUnlinkStore, openUnlinkStore, type UnlinkDraft, type UnlinkStore } from "./unlink-store.ts";
import { createUploadStore, openUploadStore, type UploadDraft, type UploadStore } from "./upload-store.ts";

const readAgainTable = "create table read_again (id integer primary key) strict;";

const workspaceFileKind: StateFileKind = {
  version: 2,
  upgrades: { 1: readAgainTable },
  damagedCode: "workspace-damaged",
  damagedHint:
    "Restore the workspace folder from a backup. Without one, move it away and pull again: snapshots come back, runs and their undo do not.",
  schema: `
    create table meta (name text primary key, value blob not null) without rowid;
    create table settings (name text primary key, value text not null) strict, without rowid;
    create table snapshots (
      generation integer primary key, source text not null, taken_at integer not null, completed_at integer not null,
      properties text not null, manifest blob not null
    ) strict;
    create table gone_ids (id integer primary key, gone_at integer not null) strict;
    create table runs (
      id text primary key, command text not null, state text not null, state_since integer not null,
      created_at integer not null, facts text not null
    ) strict;
    create table remembered_decisions (
      kakao_id integer not null, place integer not null, member_id text not null, decision text not null,
      decided_by text not null, value_digest text not null, decided_at integer not null,
      primary key (kakao_id, place, member_id)
    ) strict, without rowid;
    create table calls (month text primary key, calls integer not null) strict, without rowid;
    ${readAgainTable}`,
};

export interface WorkspaceOptions {
  /** Usually `.kakao-sync` in the working directory. */
  readonly folder: string;
  readonly appId: string;
  /** A sandbox never opens a real app's workspace, and the other way round. */
  readonly kind: "real" | "sandbox";
  readonly key: KeySource;
}

/** What the tool keeps: snapshots, runs, memory. Close it after use. */
export interface Workspace {
  readonly folder: string;
  readonly snapshots: SnapshotStore;
  readonly runs: Runs;
  readonly decisions: DecisionMemory;
  readonly settings: Settings;
  /** Where the record's last entry is noted. */
  readonly notedHead: NotedHead;
  readonly approvals: Approvals;
  readonly listingTimes: ListingTimes;
  readonly calls: CallCounter;
  /** Whom exports and customer files hold. */
  readonly targetLists: TargetLists;
  /** The workspace's cipher. The first use of a new workspace makes the key file; throws StartError `key-missing` or `key-wrong`. */
  cipher(): Cipher;
  /**
   * Seals with a new key from now on; null: one is made. `announce` is called right before, with false where the workspace has that key already. Whoever calls this
   * holds the lock. Throws StartError `key-missing`, `key-wrong` or `new-key-missing`, and FailedError `rotation-unfinished`.
   */
  rotateKey(next: Buffer | null, announce?: (isNew: boolean) => void): RotatedKey;
  /** Ties the workspace to a database at the first call; afterwards another identity is refused (`workspace-other-database`). */
  tieDatabase(identity: string): void;
  /** Takes the lock without waiting, and marks runs that were killed as interrupted. Throws RefusedError `workspace-locked`. */
  lock(holder: LockHolder, now: number): WorkspaceLock;
  createRunStore(run: { readonly id: string; readonly folder: string }): RunDraft;
  openRunStore(run: Run): RunStore;
  /** The same two for `unlink-orphans`. */
  createUnlinkStore(run: { readonly id: string; readonly folder: string }): UnlinkDraft;
  openUnlinkStore(run: Run): UnlinkStore;
  /** And for uploads of customer files. */
  createUploadStore(run: { readonly id: string; readonly folder: string }): UploadDraft;
  openUploadStore(run: Run): UploadStore;
  close(): void;
}

/**
 * Opens the workspace, or makes it (0700). Throws RefusedError `workspace-other-app`, `workspace-other-kind`, `workspace-exposed`;
 * StartError `workspace-newer`, `workspace-damaged`, `workspace-foreign`.
 */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const folder = resolve(options.folder);
  makePrivateFolder(folder);
  const path = join(folder, "workspace.db");
  const db = openStateFile(path, workspaceFileKind);
  try {
    checkIntact(db, path);
    tie(db, folder, options);
  } catch (error) {
    db.close();
    throw explainSqliteError(error, path, workspaceFileKind) ?? error;
  }
  return assemble(db, folder, options);
}

/** True where the folder holds a workspace; nothing is made or opened. */
export function hasWorkspace(folder: string): boolean {
  return existsSync(join(folder, "workspace.db"));
}

function assemble(db: StateDatabase, folder: string, options: WorkspaceOptions): Workspace {
  const { appId } = options;
  let opened: Cipher | null = null;
  const cipher = (): Cipher => (opened ??= openCipher({ db, folder, appId, source: options.key }));
  const targetLists = openTargetLists(folder, cipher);
  const runs = new Runs({ folder, appId, db, isLocked: () => isLocked(folder) });
  return {
    folder,
    snapshots: new SnapshotStore({ folder, appId, db, cipher }),
    runs,
    decisions: new DecisionMemory(db),
    settings: new Settings(db),
    notedHead: new NotedHead(db),
    approvals: new Approvals(new Settings(db)),
    listingTimes: new ListingTimes(db),
    calls: new CallCounter(db),
    targetLists,
    cipher,
    rotateKey: (next, announce = () => undefined) => {
      const rotated = rotateKey({ db, folder, appId, source: options.key }, next, announce);
      opened = rotated.cipher;
      return rotated;
    },
    tieDatabase: (identity) => tieDatabase(db, folder, identity),
    lock: (holder, now) => {
      const lock = acquireLock(folder, holder);
      runs.markInterrupted(now);
      return lock;
    },
    createRunStore: (run) => createRunStore(run.folder, run.id, cipher()),
    openRunStore: (run) => openRunStore(run.folder, run.id, cipher()),
    createUnlinkStore: (run) => createUnlinkStore(run.folder, run.id, cipher()),
    openUnlinkStore: (run) => openUnlinkStore(run.folder, run.id, cipher()),
    createUploadStore: (run) => createUploadStore(run.folder, run.id, cipher()),
    openUploadStore: (run) => openUploadStore(run.folder, run.id, cipher()),
    close: () => {
      targetLists.close();
      db.close();
    },
  };
}

function checkIntact(db: StateDatabase, path: string): void {
  if (db.pragma("quick_check(1)", { simple: true }) === "ok") return;
  const { damagedCode: code, damagedHint: hint } = workspaceFileKind;
  throw new StartError({ code, message: say`${path} is damaged or cut off.`, hint });
}

function tie(db: StateDatabase, folder: string, { appId, kind }: WorkspaceOptions): void {
  const tiedKind = readOrWrite(db, "kind", kind);
  if (tiedKind !== kind) {
    throw new RefusedError({
      code: "workspace-other-kind",
      message: kind === "sandbox" ? say`${folder} is the workspace of a real app, not of a sandbox.` : say`${folder} is the workspace of a sandbox, not of a real app.`,
      hint: "Rehearse in a folder of its own, and run real commands where the real configuration lies.",
    });
  }
  const tiedApp = readOrWrite(db, "app_id", appId);
  if (tiedApp === appId) return;
  throw new RefusedError({
    code: "workspace-other-app",
    message: say`${folder} belongs to app ${tiedApp}, the configuration names app ${appId}.`,
    hint: "Correct kakao.appId, or keep a workspace folder for each app.",
  });
}

function tieDatabase(db: StateDatabase, folder: string, identity: string): void {
  if (readOrWrite(db, "database", identity) === identity) return;
  throw new RefusedError({
    code: "workspace-other-database",
    message: say`${folder} belongs to another database than the one the configuration names.`,
    hint: "Correct database.url, or keep a workspace folder for each database.",
  });
}

/** The stored value of a fact; the first one to say it is stored. */
function readOrWrite(db: StateDatabase, name: string, value: string): string {
  return transactDurably(db, () => {
    db.prepare("insert or ignore into meta (name, value) values (?, ?)").run(name, value);
    return db.prepare<[string], string>("select value from meta where name = ?").pluck().get(name) ?? value;
  });
}
