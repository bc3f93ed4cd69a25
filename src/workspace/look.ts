import Database from "better-sqlite3";
import { existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { OperatorError } from "../errors.ts";
import { isExposed } from "./folder.ts";
import { keyFileOf, type KeySource, readFormerKeys, readKeys } from "./key-source.ts";
import { findKeyring, hasKeyring } from "./keyring.ts";

/** What can be seen of a workspace without opening it: nothing is made, narrowed or written. */
export interface WorkspaceLook {
  readonly exists: boolean;
  /** Files, and the folder as `.`, that other users of the machine can read or write. */
  readonly exposed: readonly string[];
  readonly key: WorkspaceKey;
  /** Files beside the key file that hold no key that can be used: nobody needs them as long as the key fits. */
  readonly unusableKeys: readonly string[];
  /** What the folder takes, files of runs included. */
  readonly bytes: number;
  /** What this user may still write on the disk of the folder; where it is not there yet, of the nearest one above. */
  readonly freeBytes: number;
}

/** `none-yet`: the first pull makes it. `refused` says why in a sentence, and what to do. */
export type WorkspaceKey = { readonly is: "none-yet" | "fits" | "missing" | "wrong"; readonly file: string } | { readonly is: "refused"; readonly why: string; readonly hint: string };

export function lookAtWorkspace(folder: string, appId: string, source: KeySource): WorkspaceLook {
  const path = resolve(folder);
  const exists = existsSync(join(path, "workspace.db"));
  const files = existsSync(path) ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [];
  const sizes = files.map((name) => statSync(join(path, name), { throwIfNoEntry: false }));
  const { bavail, bsize } = statfsSync(nearest(path));
  const former = readFormerKeys(source, appId);
  return {
    exists,
    exposed: exists ? [".", ...files.filter((name) => !name.includes("/"))].filter((name) => existsSync(join(path, name)) && isExposed(join(path, name))) : [],
    key: lookAtKey(path, exists, appId, source, former.keys),
    unusableKeys: former.unusable,
    bytes: sizes.reduce((sum, size) => sum + (size?.isFile() === true ? size.size : 0), 0),
    freeBytes: bavail * bsize,
  };
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function lookAtKey(folder: string, exists: boolean, appId: string, source: KeySource, former: readonly Buffer[]): WorkspaceKey {
  const file = keyFileOf(source, appId);
  try {
    const keys = readKeys(source, appId, folder);
    const found = exists ? lookForKeyring(folder, appId, [...keys, ...former]) : undefined;
    if (found === undefined) return { is: "none-yet", file };
    if (found !== "wrong") return { is: "fits", file };
    return { is: keys.length === 0 ? "missing" : "wrong", file };
  } catch (error) {
    if (error instanceof OperatorError) return { is: "refused", why: error.message, hint: error.hint };
    throw error;
  }
}

/** On a connection of its own that cannot write; SQLite keeps its locks apart from those of other connections. */
function lookForKeyring(folder: string, appId: string, keys: readonly Buffer[]): ReturnType<typeof findKeyring> | undefined {
  const db = new Database(join(folder, "workspace.db"), { readonly: true });
  try {
    return hasKeyring(db) ? findKeyring(db, appId, keys) : undefined;
  } catch (error) {
    // A file that is no workspace is told by whoever opens it.
    if (error instanceof Database.SqliteError) return undefined;
    throw error;
  } finally {
    db.close();
  }
}
