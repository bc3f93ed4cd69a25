import { randomBytes } from "node:crypto";
import { FailedError, StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Cipher } from "./encryption.ts";
import { adoptNextKey, createKeyFile, isKeyGiven, keyFileOf, type KeySource, nextKeyFile, readFormerKeys, readKeys, tryKeyFile, writeNextKey } from "./key-source.ts";
import { cipherOf, findKeyring, type FoundKeyring, foundKeyring, hasKeyring, replaceKeyring } from "./keyring.ts";
import type { StateDatabase } from "./state-file.ts";

/** Where a workspace's sealed keyring lies, and where its key comes from. */
export interface KeyPlace {
  readonly db: StateDatabase;
  readonly folder: string;
  readonly appId: string;
  readonly source: KeySource;
}

/** What came of a rotation. */
export interface RotatedKey {
  readonly cipher: Cipher;
  /** False where the workspace had been sealed with this key before. */
  readonly isNew: boolean;
  /** The key file that holds the new key by now; null where keys are given in the environment. */
  readonly file: string | null;
  /** Where the former key is kept beside it, for other workspaces of the app; null where there is none. */
  readonly formerFile: string | null;
  /** True where another program is reading the workspace: until it ends, the log holds what the former key opens. */
  readonly leavesOldKeyring: boolean;
  /** True where things remain that were sealed with the former key itself, by an earlier version: whoever has it can still open those. */
  readonly leavesOldSeals: boolean;
}

/** The workspace's cipher. The first use makes keyring and key file. Throws StartError `key-missing`, `key-wrong` or `workspace-damaged`. */
export function openCipher(place: KeyPlace): Cipher {
  const { db, folder, appId, source } = place;
  if (!hasKeyring(db)) {
    const [key = createKeyFile(source, appId, folder)] = readKeys(source, appId, folder);
    foundKeyring(db, appId, key);
  }
  return cipherOf(findKey(place).keyring);
}

/**
 * Puts a new key in the place of the workspace's: everything sealed from now on is sealed with a new data key, and the data keys with the new key. One transaction
 * decides: killed before it, the old key opens everything, killed behind it the new one. `announce` is called right before it, with whether the key is a new one.
 */
export function rotateKey(place: KeyPlace, next: Buffer | null, announce: (isNew: boolean) => void): RotatedKey {
  const { db, folder, appId, source } = place;
  openCipher(place);
  const { keyring, key, isImplied } = findKey(place);
  const file = isKeyGiven(source) ? null : keyFileOf(source, appId);
  if (next === null && file === null) {
    throw new StartError({ code: "new-key-missing", message: "The key comes from KAKAO_SYNC_KEY, and there is no new one.", hint: "Give it in KAKAO_SYNC_NEW_KEY, or in a file with --new-key-file. To make one: openssl rand -base64 32" });
  }
  if (next?.equals(key) === true) {
    announce(false);
    return { cipher: cipherOf(keyring), isNew: false, file, formerFile: null, leavesOldKeyring: false, leavesOldSeals: false };
  }
  const to = next ?? randomBytes(32);
  if (file !== null) writeNextKey(file, to);
  announce(true);
  const isErased = replaceKeyring(db, appId, to, keyring);
  const formerFile = file === null ? null : adoptRotated(file);
  const replaced = findKeyring(db, appId, [to]);
  if (typeof replaced === "string") throw keyringDamaged(folder);
  return { cipher: cipherOf(replaced.keyring), isNew: true, file, formerFile, leavesOldKeyring: !isErased, leavesOldSeals: isImplied };
}

function adoptRotated(file: string): string | null {
  try {
    return adoptNextKey(file);
  } catch (cause) {
    throw new FailedError({
      code: "rotation-unfinished",
      message: say`The key is rotated, but the new one, in ${nextKeyFile(file)}, could not be put in the place of ${file}.`,
      hint: say`Keep ${nextKeyFile(file)}: nothing else opens the workspace. See to its folder, then run the same command again.`,
      cause,
    });
  }
}

function findKey({ db, folder, appId, source }: KeyPlace): FoundKeyring {
  const file = keyFileOf(source, appId);
  const keys = readKeys(source, appId, folder);
  const likely = findKeyring(db, appId, keys);
  const former = likely === "wrong" ? readFormerKeys(source, appId) : undefined;
  const found = former === undefined ? likely : findKeyring(db, appId, former.keys);
  if (found === "damaged") throw keyringDamaged(folder);
  if (found === "wrong") throw keys.length === 0 ? keyMissing(folder, file) : keyWrong(folder, file, former?.unusable ?? []);
  // A rotation was killed between the workspace and the key file.
  if (!isKeyGiven(source) && tryKeyFile(nextKeyFile(file))?.equals(found.key) === true) adoptNextKey(file);
  return found;
}

function keyMissing(folder: string, file: string): StartError {
  return new StartError({
    code: "key-missing",
    message: say`The key of ${folder} is not there: neither KAKAO_SYNC_KEY nor ${file}.`,
    hint: "Put the key back where it was. If it is lost, move the workspace away and pull again; its journals cannot be opened any more.",
  });
}

/** `unusable`: files beside the key file that may once have held the key. */
function keyWrong(folder: string, file: string, unusable: readonly string[]): StartError {
  return new StartError({
    code: "key-wrong",
    message: say`The key given is not the one that ${folder} was sealed with. Nothing in it is damaged.`,
    hint: unusable.length === 0
      ? say`Give the key of this workspace, the newest if it was rotated, in KAKAO_SYNC_KEY or ${file}.`
      : say`Give the key of this workspace, the newest if it was rotated, in KAKAO_SYNC_KEY or ${file}. It may have been in ${unusable.join(", ")}, which holds no key that can be used.`,
  });
}

function keyringDamaged(folder: string): StartError {
  return new StartError({
    code: "workspace-damaged",
    message: say`The key is the right one, but the keys that are sealed with it in ${folder} are damaged.`,
    hint: "Restore workspace.db from a backup. Without one, move the workspace away and pull again: snapshots come back, runs and their undo do not.",
  });
}
