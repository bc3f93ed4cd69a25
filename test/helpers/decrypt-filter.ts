import { createCipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The example of a decrypt program in docs/configuration.md; it reads its key from `./app.key`. */
export function readExampleFilter(): string {
  const document = readFileSync(resolve(import.meta.dirname, "../../docs/configuration.md"), "utf8");
  const [, program] = /^```js\n(.*?)^```$/ms.exec(document) ?? [];
  if (program === undefined) throw new Error("docs/configuration.md has no example of a decrypt program");
  return program;
}

/** As the example expects it: AES-256-GCM, nonce, tag and ciphertext in base64. */
export function encryptValue(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString("base64");
}
