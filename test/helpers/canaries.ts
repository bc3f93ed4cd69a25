import { createHash } from "node:crypto";

/** A made-up person whose values occur nowhere by chance. */
export interface Canary {
  /** 86 base64 characters and `==`. */
  readonly ci: string;
  /** `010-7319-xxxx`. */
  readonly phone: string;
  readonly email: string;
  /** Three letters of which the first and the last are the same for all. */
  readonly name: string;
  /** `YYYYMMDD`. */
  readonly birthdate: string;
}

export function makeCanary(at: number): Canary {
  return {
    ci: createHash("sha512").update(`canary ${at}`).digest("base64"),
    phone: `010-7319-${String(4000 + at)}`,
    email: `kanarie${String(at)}vogel@canary.example`,
    name: `뀷${String.fromCodePoint(0xb000 + at)}햏`,
    birthdate: `19${String(31 + (at % 12) * 3)}07${String(13 + (at % 12))}`,
  };
}

/** Finds canaries in bytes and text: as UTF-8 and as UTF-16 of both kinds and at any offset. */
export class LeakSearch {
  readonly #ciPieces = new Set<string>();
  readonly #phones = new Set<string>();
  readonly #birthdates = new Set<string>();
  readonly #secrets: readonly string[];

  /** A secret counts as it is and in base64, whatever stands before it (`KakaoAK …`). */
  constructor(canaries: readonly Canary[], secrets: readonly string[]) {
    for (const { ci, phone, birthdate } of canaries) {
      for (let at = 0; at + 20 <= ci.length; at += 1) this.#ciPieces.add(ci.slice(at, at + 20));
      this.#phones.add(phone.replace(/\D/g, "").slice(3));
      this.#birthdates.add(birthdate);
    }
    this.#secrets = secrets.flatMap((secret) => [secret, ...[0, 1, 2].map((before) => inBase64(secret, before))]);
  }

  /** What was found, each kind once. */
  find(content: Buffer | string): string[] {
    const bytes = Buffer.from(content);
    const even = bytes.subarray(0, bytes.length & ~1);
    const odd = bytes.subarray(1, 1 + ((bytes.length - 1) & ~1));
    const swapped = [even, odd].map((part) => Buffer.from(part).swap16());
    const texts = [bytes.toString("utf8"), ...[even, odd, ...swapped].map((part) => part.toString("utf16le"))];
    return [...new Set(texts.flatMap((text) => this.#findIn(text)))];
  }

  #findIn(text: string): string[] {
    const found: string[] = [];
    for (const [run] of text.matchAll(/[A-Za-z0-9+/]{20,}/g)) {
      const at = Array.from({ length: run.length - 19 }, (_, start) => start).find((start) => this.#ciPieces.has(run.slice(start, start + 20)));
      if (at !== undefined) found.push(`CI ${run.slice(at, at + 20)}`);
    }
    for (const [match] of text.matchAll(/7319[-. )]*\d{4}/g)) if (this.#phones.has(match.replace(/\D/g, ""))) found.push(`phone ${match}`);
    for (const [match] of text.matchAll(/kanarie\d+vogel/gi)) found.push(`e-mail ${match}`);
    for (const [match] of text.matchAll(/뀷[^*]햏/gu)) found.push(`name ${match}`);
    for (const [, match = ""] of text.matchAll(/(?=(19\d\d[-./]?07[-./]?\d\d))/g)) if (this.#birthdates.has(match.replace(/\D/g, ""))) found.push(`birth date ${match}`);
    for (const secret of this.#secrets) if (text.includes(secret)) found.push(`secret ${secret.slice(0, 6)}…`);
    return found;
  }
}

/** The part of the base64 text that is the secret's alone when so many bytes, modulo 3, stand before it. */
function inBase64(secret: string, before: number): string {
  const text = Buffer.from("x".repeat(before) + secret).toString("base64");
  return text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + secret.length) * 4) / 3));
}
