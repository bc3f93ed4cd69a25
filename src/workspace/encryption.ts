import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from "node:crypto";

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** A sealed value that does not open: another key, another place (`aad`), or changed bytes. Callers say which file that means. */
export class BrokenSeal extends Error {
  override readonly name = "BrokenSeal";
}

/** AES-256-GCM under one key. `aad` names what is sealed and where it belongs, so that nothing can be moved elsewhere. */
export interface Cipher {
  /** Nonce (12 bytes), ciphertext, tag (16 bytes). 12 µs a call: seal blocks, not rows. */
  seal(plain: Uint8Array, aad: string): Buffer;
  /** Throws BrokenSeal. */
  open(sealed: Uint8Array, aad: string): Buffer;
  /** A further 32-byte key for another purpose (HKDF-SHA-256); the same label gives the same key. */
  deriveKey(label: string): Buffer;
}

/** The keys beside the one that seals: former ones only open, and the root is what further keys are derived from. */
export interface FurtherKeys {
  readonly former?: readonly Uint8Array[];
  /** Default: the key itself. */
  readonly root?: Uint8Array;
}

/** The cipher of a 32-byte key. Random nonces: good for 2^32 seals, far above one a page of any pull. */
export function createCipher(key: Uint8Array, { former = [], root = key }: FurtherKeys = {}): Cipher {
  for (const one of [key, ...former, root]) if (one.byteLength !== keyBytes) throw new Error(`a key has ${keyBytes} bytes, this one ${one.byteLength}`);
  return {
    seal: (plain, aad) => sealWith(key, plain, aad),
    open: (sealed, aad) => openWithAny([key, ...former], sealed, aad),
    deriveKey: (label) => Buffer.from(hkdfSync("sha256", root, "", `kakao-sync ${label}`, keyBytes)),
  };
}

function openWithAny(keys: readonly Uint8Array[], sealed: Uint8Array, aad: string): Buffer {
  let broken: unknown;
  for (const key of keys) {
    try {
      return openWith(key, sealed, aad);
    } catch (error) {
      if (!(error instanceof BrokenSeal)) throw error;
      broken ??= error;
    }
  }
  throw broken;
}

function sealWith(key: Uint8Array, plain: Uint8Array, aad: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openWith(key: Uint8Array, sealed: Uint8Array, aad: string): Buffer {
  if (sealed.byteLength < nonceBytes + tagBytes) throw new BrokenSeal(`too short for ${aad}`);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(nonceBytes, sealed.byteLength - tagBytes));
    decipher.final();
    return plain;
  } catch (cause) {
    throw new BrokenSeal(`does not open: ${aad}`, { cause });
  }
}

/** 16 bytes as 32 hex characters: the same text under the same salt gives the same digest, and nothing else can be learnt from it. */
export type KeyedDigest = (text: string) => string;

/**
 * A keyed digest for the values of a plan: SHA-256 over salt and text, cut to 16 bytes (cut, it cannot be lengthened).
 * Hexadecimal, because `crypto.hash` gives that twice as fast as base64. `salt` is drawn for each run and kept sealed.
 */
export function createKeyedDigest(salt: Uint8Array): KeyedDigest {
  if (salt.byteLength < 16) throw new Error("a salt has at least 16 bytes");
  const prefix = Buffer.from(salt).toString("base64");
  return (text) => hash("sha256", prefix + text).slice(0, 32);
}
