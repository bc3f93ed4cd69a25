import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { OperatorError, StartError } from "../errors.ts";
import { say } from "../say.ts";
import { keepPrivate, syncFolder } from "./folder.ts";
import { keyIdOf } from "./keyring.ts";

/** Where the workspace's key comes from: `KAKAO_SYNC_KEY` wins over the key file. */
export interface KeySource {
  /** `process.env`: `KAKAO_SYNC_KEY`, `KAKAO_SYNC_NEW_KEY`, `XDG_CONFIG_HOME`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: `$XDG_CONFIG_HOME/kakao-sync/app-<appId>.key`, else below `~/.config`. Must lie outside the workspace. */
  readonly keyFile?: string;
}

/** The key file that `source` names, or the default one of the app. */
export function keyFileOf(source: KeySource, appId: string): string {
  const base = source.environment["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  return resolve(source.keyFile ?? join(base, "kakao-sync", `app-${appId}.key`));
}

/**
 * The keys that may be the workspace's, the likeliest first; none where there is no key yet. There are two while a key is being replaced: `KAKAO_SYNC_NEW_KEY`
 * stands beside `KAKAO_SYNC_KEY`, and a new key file beside the old one, which counts only if it holds a key. Throws StartError `key-malformed`, `key-unreadable` or `key-inside-workspace`, and RefusedError when
 * others can read the key file.
 */
export function readKeys(source: KeySource, appId: string, workspace: string): readonly Buffer[] {
  const given = givenKeys(source);
  if (given.length > 0) return given.map(([name, text]) => decodeKey(text, name));
  const file = keyFileOf(source, appId);
  refuseInside(file, workspace);
  return [existsSync(file) ? readKeyFile(file) : undefined, tryKeyFile(nextKeyFile(file))].filter((key) => key !== undefined);
}

/** Whether the key comes from the environment. */
export function isKeyGiven(source: KeySource): boolean {
  return givenKeys(source).length > 0;
}

function givenKeys({ environment }: KeySource): readonly (readonly [string, string])[] {
  const first = environment["KAKAO_SYNC_KEY"] ?? "";
  const second = environment["KAKAO_SYNC_NEW_KEY"] ?? "";
  if (first === "") return [];
  return second === "" ? [["KAKAO_SYNC_KEY", first]] : [["KAKAO_SYNC_KEY", first], ["KAKAO_SYNC_NEW_KEY", second]];
}

/** A key file of the operator's. Throws as `readKeys`. */
export function readKeyFile(file: string): Buffer {
  try {
    keepPrivate(file, 0o600);
    return decodeKey(readFileSync(file, "utf8"), file);
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    throw new StartError({
      code: "key-unreadable",
      message: say`The key file ${file} cannot be read: it is not there, closed to this user, or no file.`,
      hint: "Look at its owner: the account that runs kakao-sync must own it. Rotate keys as that account.",
      cause,
    });
  }
}

/** As `readKeyFile`; undefined where there is none, or nothing that could be used as one. */
export function tryKeyFile(file: string): Buffer | undefined {
  try {
    return existsSync(file) ? readKeyFile(file) : undefined;
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

/** Where a new key lies until the workspace is sealed with it. */
export function nextKeyFile(file: string): string {
  return `${file}.new`;
}

/** What lies beside the key file. */
export interface FormerKeys {
  readonly keys: readonly Buffer[];
  /** Files, a new key's among them, that hold no key or that others can read. */
  readonly unusable: readonly string[];
}

/**
 * Former keys beside the key file: several workspaces of an app share it, and a rotation of one leaves the others sealed with the former key. None where keys are given
 * in the environment.
 */
export function readFormerKeys(source: KeySource, appId: string): FormerKeys {
  const file = keyFileOf(source, appId);
  const folder = dirname(file);
  if (isKeyGiven(source) || !existsSync(folder)) return { keys: [], unusable: [] };
  const former = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.`) && name.endsWith(formerEnding)).map((name) => join(folder, name));
  const isUnusable = (path: string): boolean => existsSync(path) && tryKeyFile(path) === undefined;
  return { keys: former.flatMap((path) => tryKeyFile(path) ?? []), unusable: [nextKeyFile(file), ...former].filter(isUnusable) };
}

const formerEnding = ".former";
const temporaryEnding = ".tmp";

/** Puts a copy of a key beside the key file, under a name that tells which key it is and is written over only where it holds that key no longer. Answers its path. What a killed rotation left of it goes. */
function keepFormerKey(file: string, key: Buffer): string {
  const former = `${file}.${keyIdOf(key)}${formerEnding}`;
  try {
    if (tryKeyFile(former)?.equals(key) !== true) {
      // Damaged: what its name says is in it no longer.
      rmSync(former, { force: true });
      writeKeyOnce(former, key);
    }
  } catch (error) {
    // Another process keeps the same key at the same time, and was first.
    if (tryKeyFile(former)?.equals(key) !== true) throw error;
  }
  const folder = dirname(file);
  for (const name of readdirSync(folder)) if (name.startsWith(`${basename(former)}.`) && name.endsWith(temporaryEnding)) rmSync(join(folder, name), { force: true });
  syncFolder(file);
  return former;
}

/** Writes the next key beside the key file, 0600 and whole. One that a killed rotation left there may be another workspace's by now: it is kept. */
export function writeNextKey(file: string, key: Buffer): void {
  if (existsSync(nextKeyFile(file))) keepFormerKey(file, readKeyFile(nextKeyFile(file)));
  const temporary = `${nextKeyFile(file)}${temporaryEnding}`;
  rmSync(temporary, { force: true });
  writeKey(temporary, key);
  renameSync(temporary, nextKeyFile(file));
  syncFolder(file);
}

/**
 * Puts the next key in the place of the key file, of which a copy stays. Another process that saw it first may have done so. Answers where the former key is;
 * null where there was none.
 */
export function adoptNextKey(file: string): string | null {
  const former = existsSync(file) ? keepFormerKey(file, readKeyFile(file)) : null;
  try {
    renameSync(nextKeyFile(file), file);
  } catch (error) {
    if (!existsSync(nextKeyFile(file)) && existsSync(file)) return former;
    throw error;
  }
  syncFolder(file);
  return former;
}

/** The file of `--new-key-file`. Throws as `readKeys`. */
export function readNewKeyFile(file: string, workspace: string): Buffer {
  refuseInside(file, workspace);
  return readKeyFile(file);
}

/** `KAKAO_SYNC_NEW_KEY`, or null. */
export function readNewKey({ environment }: KeySource): Buffer | null {
  const text = environment["KAKAO_SYNC_NEW_KEY"] ?? "";
  return text === "" ? null : decodeKey(text, "KAKAO_SYNC_NEW_KEY");
}

/** Makes the key file with a new key: 0600, whole or not at all, never over an existing one. */
export function createKeyFile(source: KeySource, appId: string, workspace: string): Buffer {
  const file = keyFileOf(source, appId);
  refuseInside(file, workspace);
  const key = randomBytes(32);
  writeKeyOnce(file, key);
  return key;
}

/** 0600, whole or not at all, never over an existing file. */
function writeKeyOnce(file: string, key: Buffer): void {
  const temporary = `${file}.${randomBytes(6).toString("hex")}${temporaryEnding}`;
  try {
    writeKey(temporary, key);
    // A link, not a rename: a rename would silently take the place of a key that another process made just now.
    linkSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeKey(file: string, key: Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, `${key.toString("base64")}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function decodeKey(text: string, where: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, "base64");
  if (key.byteLength === 32 && key.toString("base64") === trimmed) return key;
  throw new StartError({
    code: "key-malformed",
    message: say`${where} does not hold a key: 32 bytes in base64 (44 characters) are expected.`,
    hint: "Put the workspace's former key back. A new one, for a new workspace only: openssl rand -base64 32",
  });
}

function refuseInside(file: string, workspace: string): void {
  const inside = relative(resolve(workspace), file);
  if (inside.startsWith("..") || isAbsolute(inside)) return;
  throw new StartError({
    code: "key-inside-workspace",
    message: say`The key file ${file} lies inside the workspace that it is to protect.`,
    hint: "Keep it elsewhere, for example below ~/.config/kakao-sync.",
  });
}
