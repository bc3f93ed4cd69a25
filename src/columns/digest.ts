import { createHmac, hash } from "node:crypto";
import type { StoredDigest } from "../core/keys.ts";

/** Digests a text (UTF-8) as a database keeps it: hexadecimal in lower case, or base64 with padding. */
export type Digest = (text: string) => string;

/** The digest that a stored column holds; `key` is for an HMAC. */
export function createDigest(stored: StoredDigest, key: Buffer | undefined): Digest {
  const encoding = stored.endsWith("-hex") ? "hex" : "base64";
  if (!stored.startsWith("hmac-")) {
    const name = stored.startsWith("sha512") ? "sha512" : "sha256";
    // One call instead of three: a digest a Kakao user is computed, ten million in a row.
    return (text) => hash(name, text, encoding);
  }
  if (key === undefined) throw new Error("an HMAC has no key");
  return (text) => createHmac("sha256", key).update(text).digest(encoding);
}
