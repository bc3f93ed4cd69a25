import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { StartError } from "../errors.ts";
import { keepPrivate, syncFolder } from "./folder.ts";

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
 * stands beside `KAKAO_SYNC_KEY`, and a new key file beside the old one. Throws StartError `key-malformed` or `key-inside-workspace`, and RefusedError when
 * others can read the key file.
 */
export function readKeys(source: KeySource, appId: string, workspace: string): readonly Buffer[] {
  const given = givenKeys(source);
  if (given.length > 0) return given.map(([name, text]) => decodeKey(text, name));
  const file = keyFileOf(source, appId);
  refuseInside(file, workspace);
  return [file, nextKeyFile(file)].filter((path) => existsSync(path)).map(readKeyFile);
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
  keepPrivate(file, 0o600);
  return decodeKey(readFileSync(file, "utf8"), file);
}

/** Where a new key lies until the workspace is sealed with it. */
export function nextKeyFile(file: string): string {
  return `${file}.new`;
}

/** Writes the next key beside the key file, 0600 and whole; one that a killed rotation left there was never used. */
export function writeNextKey(file: string, key: Buffer): void {
  const temporary = `${nextKeyFile(file)}.tmp`;
  rmSync(temporary, { force: true });
  writeKey(temporary, key);
  renameSync(temporary, nextKeyFile(file));
  syncFolder(file);
}

/** Puts the next key in the place of the key file. Another process that saw it first may have done so. */
export function adoptNextKey(file: string): void {
  try {
    renameSync(nextKeyFile(file), file);
  } catch (error) {
    if (!existsSync(nextKeyFile(file)) && existsSync(file)) return;
    throw error;
  }
  syncFolder(file);
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
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeKey(temporary, key);
    // A link, not a rename: a rename would silently take the place of a key that another process made just now.
    linkSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return key;
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
    message: `${where} does not hold a key: 32 bytes in base64 (44 characters) are expected.`,
    hint: "Put the workspace's former key back. A new one, for a new workspace only: openssl rand -base64 32",
  });
}

function refuseInside(file: string, workspace: string): void {
  const inside = relative(resolve(workspace), file);
  if (inside.startsWith("..") || isAbsolute(inside)) return;
  throw new StartError({
    code: "key-inside-workspace",
    message: `The key file ${file} lies inside the workspace that it is to protect.`,
    hint: "Keep it elsewhere, for example below ~/.config/kakao-sync.",
  });
}
