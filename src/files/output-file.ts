import { createHash, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FailedError } from "../errors.ts";
import { say } from "../say.ts";

/** What a finished file is known by. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** Characters gathered before they are written: more would outlive the collector's young generation, and be copied by it again and again. */
const chunkLength = 1 << 15;

/**
 * A file that is there whole or not at all: written (0600) under a temporary name in the same folder, brought to the disk, renamed.
 * Every method removes the temporary file before it throws; FailedError `disk-full`.
 */
export class OutputFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: number;
  readonly #hash: Hash = createHash("sha256");
  #waiting: string[] = [];
  #waitingLength = 0;
  #bytes = 0;
  #isOpen = true;
  readonly #encode: (text: string) => Uint8Array;

  /** `encode` gets pieces as they were written, never half of one; without it UTF-8. */
  constructor(path: string, encode: (text: string) => Uint8Array = (text) => Buffer.from(text)) {
    this.#path = path;
    this.#encode = encode;
    this.#temporary = join(dirname(path), `.${basename(path)}.tmp`);
    rmSync(this.#temporary, { force: true });
    try {
      this.#handle = openSync(this.#temporary, "wx", 0o600);
    } catch (error) {
      throw explainWriteError(error, path) ?? error;
    }
  }

  write(text: string): void {
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    if (this.#waitingLength >= chunkLength) this.#orDiscard(() => this.#flush());
  }

  finish(): WrittenFile {
    this.complete();
    return this.place();
  }

  /** Brings all of it to the disk, under the temporary name still; nothing more can be written. */
  complete(): void {
    this.#orDiscard(() => {
      this.#flush();
      fsyncSync(this.#handle);
      this.#close();
    });
  }

  /** Puts a complete file in its place. */
  place(): WrittenFile {
    return this.#orDiscard(() => {
      renameSync(this.#temporary, this.#path);
      syncFolder(dirname(this.#path));
      return { path: this.#path, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
    });
  }

  /** Gives the file up; nothing is left of it. */
  discard(): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    const bytes = this.#encode(this.#waiting.join(""));
    this.#waiting = [];
    this.#waitingLength = 0;
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#handle, bytes, at);
    this.#hash.update(bytes);
    this.#bytes += bytes.byteLength;
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#handle);
    this.#isOpen = false;
  }

  #orDiscard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      this.discard();
      throw explainWriteError(error, this.#path) ?? error;
    }
  }
}

/** Brings the name of a renamed file to the disk; Windows has no such call. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The operator's error for a disk or quota that is full; null for anything else. */
export function explainWriteError(error: unknown, path: string): FailedError | null {
  if (!(error instanceof Error) || !("code" in error) || (error.code !== "ENOSPC" && error.code !== "EDQUOT")) return null;
  return new FailedError({
    code: "disk-full",
    message: say`The disk is full: ${path} could not be written, and nothing is left of it.`,
    hint: "Free some space, then run the same command again.",
    cause: error,
  });
}
