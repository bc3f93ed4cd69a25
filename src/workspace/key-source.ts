import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { StartError } from "../errors.ts";
import { keepPrivate } from "./folder.ts";

/** Where the workspace's key comes from: `KAKAO_SYNC_KEY` wins over the key file. */
export interface KeySource {
  /** `process.env`: `KAKAO_SYNC_KEY`, `XDG_CONFIG_HOME`. */
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
 * The 32 bytes, or null where there is no key yet. Throws StartError `key-malformed` or `key-inside-workspace`,
 * and RefusedError when others can read the key file.
 */
export function readKey(source: KeySource, appId: string, workspace: string): Buffer | null {
  const given = source.environment["KAKAO_SYNC_KEY"];
  if (given !== undefined && given !== "") return decodeKey(given, "KAKAO_SYNC_KEY");
  const file = keyFileOf(source, appId);
  refuseInside(file, workspace);
  if (!existsSync(file)) return null;
  keepPrivate(file, 0o600);
  return decodeKey(readFileSync(file, "utf8"), file);
}

/** Makes the key file with a new key: 0600, whole or not at all, never over an existing one. */
export function createKeyFile(source: KeySource, appId: string, workspace: string): Buffer {
  const file = keyFileOf(source, appId);
  refuseInside(file, workspace);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const handle = openSync(temporary, "wx", 0o600);
  try {
    writeSync(handle, `${key.toString("base64")}\n`);
    fsyncSync(handle);
    // A link, not a rename: a rename would silently take the place of a key that another process made just now.
    linkSync(temporary, file);
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
  return key;
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
