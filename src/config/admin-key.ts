import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { StartError } from "../errors.ts";
import { say, translate } from "../say.ts";
import type { Config } from "./config.ts";

const shown = "[admin key]";

/** The admin key in a wrapper that prints as `[admin key]` wherever it ends up; only `reveal` gives the text. */
export class AdminKey {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The key itself, for the Authorization header and nothing else. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/**
 * The admin key for a command that talks to Kakao. A key file is read anew at each call, so that asking again after a -401
 * sees a key that was changed meanwhile (U6). Throws a StartError `admin-key-missing` that says where to put it.
 */
export function requireAdminKey(config: Config): AdminKey {
  const source = config.kakao.adminKey;
  if (source === null) throw missing("The configuration names no Kakao admin key", "Write adminKey: ${KAKAO_ADMIN_KEY} under kakao");
  if ("unset" in source) throw missing(say`The environment variable ${source.unset} is not set`, say`Set ${source.unset}`);
  const text = "file" in source ? readKeyFile(source.file) : source.value.reveal();
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw missing("The Kakao admin key is not one word of plain characters", "Copy the key again, without blanks or line breaks");
  }
  return "value" in source ? source.value : new AdminKey(text);
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw missing(say`The admin key file ${file} cannot be read`, "Create it with the key as its only line, readable by you alone", cause);
  }
}

function missing(what: string, next: string, cause?: unknown): StartError {
  return new StartError({
    code: "admin-key-missing",
    message: say`${translate(what)}; this command talks to Kakao and needs it.`,
    hint: say`${translate(next)}. The key is in the Kakao developers console under App > App keys.`,
    cause,
  });
}
