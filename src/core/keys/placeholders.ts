import type { KeyName } from "../member.ts";
import { readCi } from "./ci.ts";
import { isEmailPlaceholder, readMemberEmail } from "./email.ts";
import { isPhonePlaceholder, readPhone } from "./phone.ts";
import type { ForeignPhone } from "./phone.ts";

/**
 * Whether a comparable form identifies nobody: by itself, or by the configuration. Readings have the former sorted out already,
 * so where `extra` is empty there is nothing to ask. One set serves all keys: no two share a form.
 */
export function isPlaceholder(key: KeyName, comparable: string, extra: ReadonlySet<string>): boolean {
  if (extra.size > 0 && extra.has(comparable)) return true;
  if (key === "phone") return isPhonePlaceholder(comparable);
  return key === "email" && isEmailPlaceholder(comparable);
}

/** `matching.placeholders` in comparable form: every reading, as CI, phone or e-mail, of each text. */
export function readPlaceholders(values: readonly string[], foreign: ForeignPhone): ReadonlySet<string> {
  const readings = values.flatMap((value) => [readCi(value), readPhone(value, foreign), readMemberEmail(value, [])]);
  return new Set(readings.filter((reading) => typeof reading === "string"));
}
