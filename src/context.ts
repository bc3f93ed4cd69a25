import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { requireAdminKey } from "./config/admin-key.ts";
import type { Config } from "./config/config.ts";
import { configDigest } from "./config/digest.ts";
import { loadConfig } from "./config/load.ts";
import { nextKakaoId } from "./core/kakao-id.ts";
import type { ForeignPhone } from "./core/keys.ts";
import { openServiceDatabase } from "./database/open.ts";
import { openLinkedPlace } from "./database/places.ts";
import type { LinkedPlace, ServiceDatabase } from "./database/service-database.ts";
import { createCsv } from "./files/csv-out.ts";
import { readCsv } from "./files/csv-in.ts";
import { readUsersFile } from "./files/users-file.ts";
import { maskBirthdate, maskEmail, maskName, maskPhone } from "./terminal/masking.ts";
import { createKeyedDigest } from "./workspace/encryption.ts";
import { InterruptedError, RefusedError, StartError } from "./errors.ts";
import { loadForeignPhone } from "./foreign-phone.ts";
import { createKakaoClient, forecastPull, type KakaoClient } from "./kakao/client.ts";
import type { GlobalFlags, Io } from "./io.ts";
import type { Sandbox, SandboxOptions } from "./sandbox/sandbox.ts";
import { createTerminal, type Terminal } from "./terminal/terminal.ts";
import { toDatabaseMap } from "./to-database-map.ts";
import { hasWorkspace, openWorkspace, type Workspace } from "./workspace/workspace.ts";

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
  database(): ServiceDatabase;
  places(): readonly LinkedPlace[];
  kakao(signal: AbortSignal): KakaoClient;
  foreignPhone(): Promise<ForeignPhone>;
  /** Who is responsible: `--operator`, or at a terminal the name of the account. Throws where neither is there. */
  requireOperator(): string;
  /** As `requireOperator`, `?` where nobody is named: for plans, which change nothing. */
  operatorIfKnown(): string;
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
  readonly readCsv: typeof readCsv;
  readonly readUsersFile: typeof readUsersFile;
  /** Masked values as lists and examples show them; what is unknown is empty. */
  readonly showValues: (values: Readonly<Record<ShownValue, string | null>>) => Readonly<Record<ShownValue, string>>;
  /** Keyed digest, under a key of the workspace, of the values that a remembered decision stands or falls with. */
  decisionDigest(): (text: string) => string;
  /** Looks for Ctrl-C and the files `stop` and `pause` in the workspace; throws InterruptedError, or waits while paused. */
  checkpoint(): Promise<void>;
  /** As an operator would type it: relative to the working directory where it lies below. */
  shown(path: string): string;
  /** An input file named by a flag. Throws StartError when it is not there. */
  inputFile(path: string): string;
  /** Starts a simulated Kakao with a demo database; see the sandbox's room. */
  startSandbox(options: Omit<SandboxOptions, "now" | "signal">): Promise<Sandbox>;
  /** Throws RefusedError where the folder is the workspace of a real app; without a workspace there nothing is said or made. */
  refuseRealWorkspace(folder: string): void;
  close(): void;
}

type ShownValue = "phone" | "email" | "name" | "birthdate";

const pausePollMs = 500;

export function openContext(io: Io, flags: GlobalFlags, command: string): Context {
  const terminal = createTerminal(io, { json: flags.json === true, quiet: flags.quiet === true, color: flags.color });
  // The questions' own library takes no flag for colours.
  if (!flags.color) process.env["NO_COLOR"] = "1";
  const closers: (() => void)[] = [];
  const lazily = <Thing>(open: () => Thing, close: (thing: Thing) => void): (() => Thing) => {
    let opened: { readonly thing: Thing } | undefined;
    return () => {
      if (opened === undefined) {
        const thing = open();
        opened = { thing };
        closers.push(() => close(thing));
      }
      return opened.thing;
    };
  };
  const nothing = (): void => undefined;
  const folder = resolve(io.cwd, flags.workspace ?? ".kakao-sync");
  const now = (): number => Date.now();
  const config = lazily(() => {
    const loaded = loadConfig({ ...(flags.config === undefined ? {} : { path: flags.config }), cwd: io.cwd, env: io.env });
    for (const warning of loaded.warnings) terminal.warn(warning);
    return loaded;
  }, nothing);
  const workspace = lazily(
    () => openWorkspace({ folder, appId: config().kakao.appId, kind: isSandbox(config()) ? "sandbox" : "real", key: { environment: io.env } }),
    (opened) => opened.close(),
  );
  const database = lazily(
    () => {
      const { url, timeZone } = config().database;
      const opened = openServiceDatabase({ url, timeZone, map: toDatabaseMap(config()) });
      workspace().tieDatabase(opened.identity);
      return opened;
    },
    (opened) => opened.close(),
  );
  const places = lazily(
    () => config().alsoLinkedIn.map(({ name, url, link }) => openLinkedPlace({ name, url, table: link.table, kakaoId: link.kakaoId, fixed: link.fixed, ...(link.where === undefined ? {} : { where: link.where }) })),
    (opened) => opened.forEach((place) => place.close()),
  );
  const operator = (): string | undefined => flags.operator ?? (terminal.interactive ? (io.env["SUDO_USER"] ?? io.env["USER"] ?? io.env["LOGNAME"]) : undefined);
  const lock = lazily(
    () => workspace().lock({ command, operator: operator() ?? "?", host: hostname(), since: new Date(now()).toISOString() }, Math.floor(now() / 1000)),
    (held) => held.release(),
  );
  return {
    command,
    io,
    terminal,
    signal: io.signal,
    get config() {
      return config();
    },
    get configDigest() {
      return configDigest(config());
    },
    workspaceFolder: folder,
    workspace,
    existingWorkspace: () => {
      if (!hasWorkspace(folder)) throw noWorkspace(io.cwd, folder);
      return workspace();
    },
    lock: () => {
      lock();
    },
    database,
    places,
    kakao: (signal) => openKakao(config(), workspace(), signal, now),
    foreignPhone: loadForeignPhone,
    requireOperator: () => {
      const name = operator();
      if (name !== undefined && name.trim() !== "") return name.trim();
      throw new RefusedError({
        code: "operator-missing",
        message: "Something is to change, and nobody says who is responsible for it.",
        hint: "Add --operator NAME; it is kept with the run.",
      });
    },
    operatorIfKnown: () => operator() ?? "?",
    host: hostname(),
    forecastPull,
    callsThisMonth: () => workspace().calls.callsOf(monthOf(now())),
    now,
    drawSeed: () => [randomInt(2 ** 32), randomInt(2 ** 32)],
    nextKakaoId,
    createCsv,
    readCsv,
    readUsersFile,
    showValues: ({ phone, email, name, birthdate }) => ({
      phone: phone === null ? "" : maskPhone(phone),
      email: email === null ? "" : maskEmail(email),
      name: name === null ? "" : maskName(name),
      birthdate: birthdate === null ? "" : maskBirthdate(birthdate),
    }),
    decisionDigest: () => createKeyedDigest(workspace().cipher().deriveKey("decisions")),
    checkpoint: () => checkpoint(io.signal, folder, terminal),
    shown: (path) => {
      const inside = relative(io.cwd, path);
      return inside !== "" && !inside.startsWith("..") && !isAbsolute(inside) ? inside : path;
    },
    inputFile: (path) => {
      const file = resolve(io.cwd, path);
      if (existsSync(file)) return file;
      throw new StartError({ code: "file-missing", message: `There is no file ${path}.`, hint: "Look at the name; it is read from the working directory." });
    },
    startSandbox: async (options) => (await import("./sandbox/sandbox.ts")).startSandbox({ ...options, signal: io.signal, now: now() }),
    refuseRealWorkspace: (named) => refuseRealWorkspace(resolve(io.cwd, named), io.env),
    close: () => {
      for (const close of closers.reverse()) close();
      terminal.close();
    },
  };
}

function refuseRealWorkspace(folder: string, env: Io["env"]): void {
  if (!hasWorkspace(folder)) return;
  try {
    openWorkspace({ folder, appId: "0", kind: "sandbox", key: { environment: env } }).close();
  } catch (error) {
    // The kind is looked at first: a workspace of another simulated app is no real one.
    if (!(error instanceof RefusedError) || error.code !== "workspace-other-app") throw error;
  }
}

/** A simulated Kakao lives on a loopback address; its workspace and a real app's never mix. */
function isSandbox(config: Config): boolean {
  return config.kakao.baseUrl.startsWith("http://");
}

function openKakao(config: Config, workspace: Workspace, signal: AbortSignal, now: () => number): KakaoClient {
  const key = requireAdminKey(config);
  return createKakaoClient({
    baseUrl: config.kakao.baseUrl,
    adminKey: () => key.reveal(),
    refreshKey: () => requireAdminKey(config).reveal(),
    requestsPerSecond: config.limits.requestsPerSecond,
    listingPerMinute: config.limits.listingPerMinute,
    listingStore: workspace.listingTimes,
    signal,
    now,
    onCall: () => workspace.calls.addCalls(monthOf(now()), 1),
  });
}

/** `YYYY-MM` in Korea, where the quota is counted. */
function monthOf(ms: number): string {
  return new Date(ms + 9 * 3_600_000).toISOString().slice(0, 7);
}

async function checkpoint(signal: AbortSignal, folder: string, terminal: Terminal): Promise<void> {
  signal.throwIfAborted();
  if (existsSync(join(folder, "stop"))) {
    throw new InterruptedError({ code: "stopped", message: `Stopped by the file ${join(folder, "stop")}.`, hint: "Remove that file and run the same command again: it goes on where it stopped." });
  }
  if (!existsSync(join(folder, "pause"))) return;
  terminal.note(`Paused by the file ${join(folder, "pause")}; remove it to go on.`);
  while (existsSync(join(folder, "pause"))) {
    await new Promise((wake) => setTimeout(wake, pausePollMs));
    signal.throwIfAborted();
  }
}

function noWorkspace(cwd: string, folder: string): StartError {
  return new StartError({
    code: "workspace-missing",
    message: `There is no workspace in ${relative(cwd, folder) || folder}.`,
    hint: "Run the command where the workspace lies, name it with --workspace, or start with `kakao-sync pull`.",
  });
}
