import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { type Simulator, startSimulator } from "../simulator/server.ts";
import { say } from "../say.ts";
import { sandboxChannel } from "./channel.ts";
import { sandboxAppId } from "./config-file.ts";
import { type DemoPeople, makeDemoPeople } from "./demo-people.ts";
import { databaseFile, findSandbox, makeSandboxFolder, newFacts, type SandboxFacts, writeSandboxFiles } from "./folder.ts";
import { createMemberDatabase } from "./member-database.ts";

export interface SandboxOptions {
  /** Absolute. Made when it is not there; a sandbox that lies there is started again. */
  readonly folder: string;
  /** Rows in the member tables, 2,000 when left out. */
  readonly members?: number;
  /** A free one when left out; a sandbox that is started again takes its former one. */
  readonly port?: number;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: number;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly members: number;
  readonly kakaoUsers: number;
  /** False when the folder's database was there already. */
  readonly isNew: boolean;
  close(): Promise<void>;
}

const defaultMembers = 2_000;
const fewestMembers = 100;
const mostMembers = 10_000_000;
/** So that a full disk or a memory is no limit of a rehearsal: of older requests only the counts stay. */
const keptRequests = 1_000;

/**
 * Starts a simulated Kakao on 127.0.0.1 and, in the folder, makes the shop's member database with the configuration and the key to use it. People are the same
 * at each start; what happened at the simulated Kakao is not kept. Throws StartError for a folder in use, a port in use and a size that does not fit.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { folder, signal } = options;
  const found = findSandbox(folder);
  const facts = found ?? newFacts(checkSize(options.members ?? defaultMembers), options.now);
  if (found !== undefined && options.members !== undefined && options.members !== found.members) throw otherSize(folder, found);
  const people = makeDemoPeople(facts.members, facts.createdAt);
  const simulator = await openSimulator(facts, people, options.port ?? found?.port ?? 0);
  try {
    if (found === undefined) await makeDatabase(folder, people, facts.createdAt, signal);
    writeSandboxFiles(folder, { ...facts, port: simulator.port }, simulator.url);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return { url: simulator.url, members: facts.members, kakaoUsers: people.kakaoUsers.count, isNew: found === undefined, close: () => simulator.close() };
}

async function openSimulator({ adminKey }: Pick<SandboxFacts, "adminKey">, people: DemoPeople, port: number): Promise<Simulator> {
  if (port > 65_535) throw portRefused(say`Port ${port} is no port.`);
  try {
    const simulator = await startSimulator({ appId: sandboxAppId, channels: [sandboxChannel], adminKey, port, listingPerMinute: Infinity, keepRequests: keptRequests });
    simulator.users.seed(people.kakaoUsers);
    return simulator;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") throw portRefused(say`Port ${port} is in use on 127.0.0.1.`);
    if (code === "EACCES") throw portRefused(say`Port ${port} is not open to this user.`);
    throw error;
  }
}

/** Whole or not at all: what a Ctrl-C or a full disk leaves behind would be no sandbox. */
async function makeDatabase(folder: string, people: DemoPeople, createdAt: number, signal: AbortSignal): Promise<void> {
  const wasThere = existsSync(folder);
  makeSandboxFolder(folder);
  try {
    await createMemberDatabase(join(folder, databaseFile), people, createdAt, signal);
  } catch (error) {
    if (!wasThere) rmSync(folder, { recursive: true, force: true });
    else for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(join(folder, databaseFile + end), { force: true });
    throw error;
  }
}

function checkSize(members: number): number {
  if (members >= fewestMembers && members <= mostMembers) return members;
  throw new StartError({
    code: "sandbox-size",
    message: say`A sandbox of ${members.toLocaleString("en-US")} members cannot be made.`,
    hint: say`Ask for ${fewestMembers} to ${mostMembers.toLocaleString("en-US")}; without --members it has ${defaultMembers.toLocaleString("en-US")}.`,
  });
}

function otherSize(folder: string, { members }: SandboxFacts): StartError {
  return new StartError({
    code: "sandbox-other-size",
    message: say`The sandbox in ${folder} has ${members.toLocaleString("en-US")} members.`,
    hint: "Leave --members out to start it again, or name another folder with --folder.",
  });
}

function portRefused(message: string): StartError {
  return new StartError({ code: "sandbox-port", message, hint: "Name another one with --port; --port 0 takes a free one." });
}
