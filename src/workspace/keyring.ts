import { hkdfSync, randomBytes } from "node:crypto";
import { BrokenSeal, createCipher, type Cipher } from "./encryption.ts";
import { type StateDatabase, transactDurably } from "./state-file.ts";

/**
 * What a workspace seals with (docs/decisions/0018-keys.md): random data keys, themselves sealed under the workspace's key, the one that lies outside. Rotation
 * changes both.
 */
export interface Keyring {
  /** Newest first: the first one seals, all of them open. */
  readonly dataKeys: readonly Buffer[];
  /** Where keys for other purposes are derived from: the same for ever, since digests made with them are compared. */
  readonly root: Buffer;
}

/** A keyring as it was found: which of the keys tried opens it, and whether it is only implied, by a version that sealed with the workspace's key itself. */
export interface FoundKeyring {
  readonly keyring: Keyring;
  readonly key: Buffer;
  readonly isImplied: boolean;
}

/** Two, so that one damaged byte does not take everything with it. */
const copies = ["keyring_1", "keyring_2"] as const;

export function cipherOf({ dataKeys: [newest = Buffer.alloc(0), ...former], root }: Keyring): Cipher {
  return createCipher(newest, { former, root });
}

/** Whether a workspace has ever sealed anything. */
export function hasKeyring(db: StateDatabase): boolean {
  return readMeta(db, copies[0]) !== undefined || readMeta(db, copies[1]) !== undefined || readMeta(db, "key_check") !== undefined;
}

/** The keyring, opened with the first of the keys that fits. `wrong`: it was sealed with none of them; `damaged`: with one of them, and yet it does not open. */
export function findKeyring(db: StateDatabase, appId: string, keys: readonly Buffer[]): FoundKeyring | "wrong" | "damaged" {
  const check = readMeta(db, "key_check");
  const sealed = copies.flatMap((copy) => readMeta(db, copy) ?? []);
  for (const key of keys) {
    for (const one of sealed) {
      const opened = tryToOpen(key, one, `keyring|${appId}`);
      if (opened !== null) return { keyring: parse(opened), key, isImplied: false };
    }
    if (sealed.length === 0 && check !== undefined && tryToOpen(key, check, `key check|${appId}`) !== null) return { keyring: { dataKeys: [key], root: key }, key, isImplied: true };
  }
  const id = readMeta(db, "key_id")?.toString("latin1");
  return keys.some((key) => keyIdOf(key) === id) ? "damaged" : "wrong";
}

/** Puts the first keyring into a workspace, unless another process has just done so. */
export function foundKeyring(db: StateDatabase, appId: string, key: Buffer): void {
  transactDurably(db, () => {
    if (!hasKeyring(db)) putKeyring(db, appId, key, { dataKeys: [randomBytes(32)], root: randomBytes(32) });
  });
}

/**
 * Puts a keyring with a new data key in front in the place of the one before, sealed under the key: one transaction, after which nothing of the former one is left
 * in the file or its log. Answers false where another program is reading: the log keeps the former one until that has ended.
 */
export function replaceKeyring(db: StateDatabase, appId: string, key: Buffer, { dataKeys, root }: Keyring): boolean {
  transactDurably(db, () => {
    putKeyring(db, appId, key, { dataKeys: [randomBytes(32), ...dataKeys], root });
    db.prepare("delete from meta where name = 'key_check'").run();
  });
  return db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) === 0;
}

function putKeyring(db: StateDatabase, appId: string, key: Buffer, { dataKeys, root }: Keyring): void {
  const plain = Buffer.from(JSON.stringify({ dataKeys: dataKeys.map((one) => one.toString("base64")), root: root.toString("base64") }));
  const put = db.prepare("insert or replace into meta (name, value) values (?, ?)");
  for (const copy of copies) put.run(copy, createCipher(key).seal(plain, `keyring|${appId}`));
  put.run("key_id", Buffer.from(keyIdOf(key), "latin1"));
}

/** Says which key it was without saying anything of it. */
export function keyIdOf(key: Buffer): string {
  return Buffer.from(hkdfSync("sha256", key, "", "kakao-sync key id", 16)).toString("hex");
}

function parse(plain: Buffer): Keyring {
  const { dataKeys, root }: { dataKeys: string[]; root: string } = JSON.parse(plain.toString("utf8"));
  return { dataKeys: dataKeys.map((key) => Buffer.from(key, "base64")), root: Buffer.from(root, "base64") };
}

function tryToOpen(key: Buffer, sealed: Buffer, aad: string): Buffer | null {
  try {
    return createCipher(key).open(sealed, aad);
  } catch (error) {
    if (error instanceof BrokenSeal) return null;
    throw error;
  }
}

function readMeta(db: StateDatabase, name: string): Buffer | undefined {
  const value = db.prepare<[string], Buffer | string>("select value from meta where name = ?").pluck().get(name);
  return value === undefined ? undefined : Buffer.from(value);
}
