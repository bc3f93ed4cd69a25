import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { moveConfig, renderEnvFile, renderSandboxConfig } from "./config-file.ts";

/** What a sandbox remembers of itself, so that the next start finds the same people. */
export interface SandboxFacts {
  readonly members: number;
  /** Milliseconds; link dates and logins lie before it. */
  readonly createdAt: number;
  readonly adminKey: string;
  readonly port: number;
}

const factsFile = "sandbox.json";
export const databaseFile = "members.db";
const configFile = "kakao-sync.config.yaml";

/** The sandbox that lies in the folder; undefined where there is none yet. Throws StartError where the folder holds anything else. */
export function findSandbox(folder: string): SandboxFacts | undefined {
  if (!existsSync(folder)) return undefined;
  const file = join(folder, factsFile);
  if (existsSync(file)) return readFacts(file);
  if (readdirSync(folder).length === 0) return undefined;
  throw new StartError({
    code: "sandbox-folder-in-use",
    message: say`${folder} is there already and is no sandbox's folder.`,
    hint: "Name another folder with --folder; a new one is made.",
  });
}

function readFacts(file: string): SandboxFacts {
  try {
    const facts = JSON.parse(readFileSync(file, "utf8")) as Partial<SandboxFacts>;
    const { members, createdAt, adminKey, port } = facts;
    if (typeof members === "number" && typeof createdAt === "number" && typeof adminKey === "string" && typeof port === "number") return { members, createdAt, adminKey, port };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StartError({ code: "sandbox-damaged", message: say`${file} cannot be read.`, hint: "Remove that folder, or name another one with --folder: the demo people are made anew." });
}

/** Makes the folder of a new sandbox, readable by its owner alone. */
export function makeSandboxFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Facts of a new sandbox; the port follows once it is known. */
export function newFacts(members: number, now: number): Omit<SandboxFacts, "port"> {
  return { members, createdAt: now, adminKey: randomBytes(16).toString("hex") };
}

/** Writes configuration, key and facts. A configuration that is there already keeps its edits and follows the port only. */
export function writeSandboxFiles(folder: string, facts: SandboxFacts, url: string): void {
  const config = join(folder, configFile);
  writeFileSync(config, existsSync(config) ? moveConfig(readFileSync(config, "utf8"), url) : renderSandboxConfig(url));
  writeFileSync(join(folder, ".env"), renderEnvFile(facts.adminKey), { mode: 0o600 });
  writeFileSync(join(folder, factsFile), `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
}
