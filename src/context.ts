import type { ValueOpener } from "./columns/value-opener.ts";
import type { ChannelExtras, ChannelWish } from "./context/channel-extras.ts";
import type { Window } from "./context/window.ts";
import type { ConsentTools } from "./context/consent-tools.ts";
import type { LookTools } from "./context/look-tools.ts";
import type { StarterTools } from "./context/starter-tools.ts";
import type { RecordFacts } from "./context/keep-record.ts";
import type { Config } from "./config/config.ts";
import type { nextKakaoId } from "./core/kakao-id.ts";
import type { ForeignPhone } from "./core/keys.ts";
import type { LinkedPlace, ServiceDatabase } from "./database/service-database.ts";
import type { SqlScript } from "./database/apply-sql.ts";
import type { SqlDialect } from "./database/apply-sql-dialects.ts";
import type { createCsv } from "./files/csv-out.ts";
import type { readCsv } from "./files/csv-in.ts";
import type { readIdList } from "./files/id-list.ts";
import type { OutputFile } from "./files/output-file.ts";
import type { createTargetFiles } from "./files/target-files.ts";
import type { readUsersFile } from "./files/users-file.ts";
import type { Io } from "./io.ts";
import type { forecastPull, KakaoClient } from "./kakao/client.ts";
import type { Sandbox, SandboxOptions } from "./sandbox/sandbox.ts";
import type { Terminal } from "./terminal/terminal.ts";
import type { isSignedBy, renderShortDigest } from "./workspace/approvals.ts";
import type { AuditRecord } from "./workspace/record.ts";
import type { Report } from "./report/report.ts";
import type { Run } from "./workspace/runs.ts";
import type { Workspace } from "./workspace/workspace.ts";

/**
 * What a command works with. Everything is opened at its first use and closed together at the end; a command that needs no Kakao never asks for a key.
 */
export interface Context {
  /** `map-members`, `runs show` … */
  readonly command: string;
  readonly io: Io;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly config: Config;
  readonly configDigest: string;
  /** Absolute. */
  readonly workspaceFolder: string;
  /** Opens the workspace; the first command of all makes it. */
  workspace(): Workspace;
  /** As `workspace`, but refuses (exit 2) where there is none yet. */
  existingWorkspace(): Workspace;
  /** Takes the workspace's lock until the end of the command. */
  lock(): void;
  /** The service's database; ties the workspace to it. */
  database(): Promise<ServiceDatabase>;
  /** Members are read at `database.url`, never at a replica: for a last look that reads all of them. To be called before the database is opened. */
  readNoReplica(): void;
  places(): Promise<readonly LinkedPlace[]>;
  /**
   * Opens encrypted columns and digests of birth dates: `await context.values().open(page)` for every page of `readMembers` or `findMembers` whose values are
   * looked at. Its `digests` belong into `MatchingOptions.digests`: keys that the database keeps as digests are compared as such.
   */
  values(): ValueOpener;
  /** What a reading of the members is to hold for the channel: `readMembers({ extras: extras.sources })`. Throws StartError without `channel`, and for an unknown segment. */
  channelExtras(wish: ChannelWish): ChannelExtras;
  kakao(signal: AbortSignal): KakaoClient;
  foreignPhone(): Promise<ForeignPhone>;
  /**
   * Who is responsible: `--operator`, `KAKAO_SYNC_OPERATOR`, or at a terminal the name of the account. Every command that reads keys or changes something asks for it before
   * anything else. Throws RefusedError `operator-missing` where nobody is named.
   */
  requireOperator(): string;
  readonly host: string;
  readonly forecastPull: typeof forecastPull;
  /** Calls to Kakao in this month (Korean time), of all commands of the workspace. */
  callsThisMonth(): number;
  /** Milliseconds. */
  now(): number;
  /** Two random 32-bit numbers for one run's hashes. */
  drawSeed(): readonly [number, number];
  readonly nextKakaoId: typeof nextKakaoId;
  readonly createCsv: typeof createCsv;
  /** Starts a customer file for the partner centre. */
  readonly createTargetFiles: typeof createTargetFiles;
  /** A folder as typed, for customer files: made where it is missing. Throws RefusedError where others can look into it, or git would take it up. Answers its absolute path. */
  privateFolder(path: string): string;
  /** Starts a text file: 0600, whole or not at all. Throws FailedError `disk-full`. */
  createText(path: string): Pick<OutputFile, "write" | "finish" | "discard">;
  /** A report as one HTML document. */
  renderReport(report: Report): Promise<string>;
  /** The text of a file of SQL that makes planned changes. */
  createSqlScript(dialect: SqlDialect): SqlScript;
  readonly readCsv: typeof readCsv;
  readonly readIdList: typeof readIdList;
  readonly readUsersFile: typeof readUsersFile;
  /** Masked values as lists and examples show them; what is unknown is empty. */
  /** The workspace's next key: from the file, else from KAKAO_SYNC_NEW_KEY; null without either. Throws StartError for one that is no key. */
  readNewKey(file?: string): Buffer | null;
  readonly showValues: (values: Readonly<Record<ShownValue, string | null>>) => Readonly<Record<ShownValue, string>>;
  /** Keyed digest, under a key of the workspace, of the values that a remembered decision stands or falls with. */
  decisionDigest(): (text: string) => string;
  /** The maintenance window of `--until`. */
  readonly window: Window;
  /** Looks for Ctrl-C, the end of the window and the files `stop` and `pause` in the workspace; throws InterruptedError, or waits while paused. */
  checkpoint(): Promise<void>;
  /** Makes a person's key pair for approvals; `file` is absolute. Throws StartError where there is one already. */
  createApproverKey(name: string, file?: string): { readonly file: string; readonly publicKey: string };
  /** A person's own key, to sign with. */
  approverKey(name: string, file?: string): { readonly publicKey: string; readonly sign: (run: Run) => string };
  readonly isSignedBy: typeof isSignedBy;
  readonly renderShortDigest: typeof renderShortDigest;
  /** Puts what was read or changed on the workspace's append-only record, with the digests of the files written since the last entry. */
  record(facts: RecordFacts): void;
  /**
   * A command that was refused (exit 3) goes on the record, too, where there is a workspace; and one that somebody is responsible for and that stopped on the way, where no step has
   * put it there. Never throws: the failure itself is what the operator must see.
   */
  recordFailure(error: unknown): void;
  /** The record as it stands, for `runs audit`. */
  auditRecord(): AuditRecord;
  /** What only the consent audit needs. */
  consentTools(): Promise<ConsentTools>;
  /** What only `doctor` needs; to be closed after use. */
  lookTools(): Promise<LookTools>;
  /** What only `init` needs. */
  starterTools(): Promise<StarterTools>;
  /** As an operator would type it: relative to the working directory where it lies below. */
  shown(path: string): string;
  /** An input file named by a flag. Throws StartError when it is not there. */
  inputFile(path: string): string;
  /** Starts a simulated Kakao with a demo database; see the sandbox's room. */
  startSandbox(options: Omit<SandboxOptions, "now" | "signal">): Promise<Sandbox>;
  /** Throws RefusedError where the folder is the workspace of a real app; without a workspace there nothing is said or made. */
  refuseRealWorkspace(folder: string): void;
  close(): Promise<void>;
}

type ShownValue = "phone" | "email" | "name" | "birthdate";
