import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, relative, resolve } from "node:path";
import { configDigest } from "../config/digest.ts";
import type { Context } from "../context.ts";
import { StartError } from "../errors.ts";
import type { GlobalFlags, Io } from "../io.ts";
import { createTerminal } from "../terminal/terminal.ts";
import { createKeyedDigest } from "../workspace/encryption.ts";
import { refuseUnsafeFolder } from "../files/unsafe-folder.ts";
import { readNewKey, readNewKeyFile } from "../workspace/key-source.ts";
import { hasWorkspace } from "../workspace/workspace.ts";
import { approverKeys } from "./approver-keys.ts";
import { toChannelExtras } from "./channel-extras.ts";
import { checkpoint } from "./checkpoint.ts";
import { noWorkspace, refuseRealWorkspace } from "./find-workspace.ts";
import { createSqlScript } from "../database/apply-sql.ts";
import { say } from "../say.ts";
import { keepRecord } from "./keep-record.ts";
import { monthOf, openKakao } from "./open-kakao.ts";
import { openThings, type Things } from "./open-things.ts";
import { findOperator, requireOperator } from "./operator.ts";
import { toDatabaseMap } from "./to-database-map.ts";
import { tools } from "./tools.ts";
import { openWindow } from "./window.ts";

/** The context of one command. Nothing is opened yet: everything is at its first use. */
export function openContext(io: Io, flags: GlobalFlags, command: string): Context {
  const terminal = createTerminal(io, { json: flags.json === true, quiet: flags.quiet === true, color: flags.color });
  // The questions' own library takes no flag for colours.
  if (!flags.color) process.env["NO_COLOR"] = "1";
  const now = (): number => Date.now();
  const operator = findOperator(flags, io.env, terminal.interactive);
  let isResponsible = false;
  const window = openWindow(flags.until, now);
  const workspaceFolder = resolve(io.cwd, flags.workspace ?? ".kakao-sync");
  const things = openThings({ io, flags, terminal, workspaceFolder, now, holder: { command, operator: operator ?? "?", host: hostname() } });
  return {
    command,
    io,
    terminal,
    signal: io.signal,
    workspaceFolder,
    now,
    host: hostname(),
    ...tools,
    channelExtras: (wish) => toChannelExtras(things.config(), wish),
    createSqlScript: (dialect) => createSqlScript({ dialect, map: toDatabaseMap(things.config()), timeZone: things.config().database.timeZone, now: new Date(now()) }),
    renderReport: async (report) => {
      const [{ renderPage }, { renderChart }] = await Promise.all([import("../report/page.ts"), import("../report/charts.ts")]);
      return renderPage(report, renderChart);
    },
    ...keepRecord(things, { command, operator: operator ?? "?", host: hostname(), now, isResponsible: () => isResponsible }),
    ...approverKeys(io),
    ...openers(io, things, workspaceFolder, now),
    get config() {
      return things.config();
    },
    get configDigest() {
      return configDigest(things.config());
    },
    requireOperator: () => {
      const name = requireOperator(operator);
      isResponsible = true;
      return name;
    },
    window,
    checkpoint: () => checkpoint(io.signal, workspaceFolder, terminal, window),
    lookTools: async () => (await import("./look-tools.ts")).createLookTools(io, things.config(), workspaceFolder, now),
    starterTools: async () => (await import("./starter-tools.ts")).createStarterTools(io, flags.config),
    shown: (path) => showPath(io.cwd, resolve(io.cwd, path)),
    consentTools: async () => (await import("./consent-tools.ts")).createConsentTools(io.cwd),
    privateFolder: (path) => {
      const folder = resolve(io.cwd, path);
      refuseUnsafeFolder(folder);
      return folder;
    },
    readNewKey: (file) => (file === undefined ? readNewKey({ environment: io.env }) : readNewKeyFile(findInputFile(io.cwd, file), workspaceFolder)),
    inputFile: (path) => findInputFile(io.cwd, path),
    close: async () => {
      await things.close();
      terminal.close();
    },
  };
}

type Openers = "workspace" | "existingWorkspace" | "auditRecord" | "lock" | "database" | "readNoReplica" | "places" | "values" | "kakao" | "callsThisMonth" | "decisionDigest" | "startSandbox" | "refuseRealWorkspace";

function openers(io: Io, things: Things, workspaceFolder: string, now: () => number): Pick<Context, Openers> {
  const { workspace, database, places, values } = things;
  return {
    workspace,
    database,
    readNoReplica: () => things.readNoReplica(),
    places,
    values,
    existingWorkspace: () => {
      if (!hasWorkspace(workspaceFolder)) throw noWorkspace(io.cwd, workspaceFolder);
      return workspace();
    },
    auditRecord: () => things.record(),
    lock: () => {
      things.lock();
    },
    kakao: (signal) => openKakao(things.config(), workspace(), signal, now),
    callsThisMonth: () => workspace().calls.callsOf(monthOf(now())),
    decisionDigest: () => createKeyedDigest(workspace().cipher().deriveKey("decisions")),
    startSandbox: async (options) => (await import("../sandbox/sandbox.ts")).startSandbox({ ...options, signal: io.signal, now: now() }),
    refuseRealWorkspace: (named) => refuseRealWorkspace(resolve(io.cwd, named), io.env),
  };
}

function showPath(cwd: string, path: string): string {
  const inside = relative(cwd, path);
  return inside !== "" && !inside.startsWith("..") && !isAbsolute(inside) ? inside : path;
}

function findInputFile(cwd: string, path: string): string {
  const file = resolve(cwd, path);
  if (existsSync(file)) return file;
  throw new StartError({ code: "file-missing", message: say`There is no file ${path}.`, hint: "Look at the name; it is read from the working directory." });
}
