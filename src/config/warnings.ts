import { valueAt } from "./check-shape.ts";
import type { Config } from "./config.ts";
import type { Problem } from "./problems.ts";

/** What works but is unwise or most likely not meant. `written` is the file before variables were filled in. */
export function listWarnings(config: Config, written: unknown): Problem[] {
  return [...warnOfLiteralKey(written), ...warnOfKeysThatCannotLink(config)];
}

function warnOfLiteralKey(written: unknown): Problem[] {
  const path = ["kakao", "adminKey"];
  const adminKey = valueAt(written, path);
  if (typeof adminKey !== "string" || adminKey.includes("${")) return [];
  return [{ path, what: "the admin key stands in the file", instead: "write ${KAKAO_ADMIN_KEY} and put the key into the environment or a .env file" }];
}

/** Phone and e-mail link nobody without a time of verification, and while corroboration is asked for, without something to agree (M8). */
function warnOfKeysThatCannotLink({ members, matching }: Config): Problem[] {
  return (["phone", "email"] as const).flatMap((key): Problem[] => {
    const trust = matching[key];
    if (!matching.keys.includes(key) || trust === "review") return [];
    const [column, always] = [`${key}VerifiedAt`, `${key}Verified`] as const;
    const path = ["members", key];
    if (members[column] === undefined && members[always] === undefined) {
      return [{ path, what: `without ${column} every find by ${key} goes to review`, instead: `name its column, or write ${always}: always if that is so` }];
    }
    const agreeing = matching.corroborators.filter((corroborator) => corroborator !== key);
    if (trust === "alone" || agreeing.length > 0) return [];
    return [{ path, what: `with nothing that could agree every find by ${key} goes to review`, instead: `name members.name or members.birthdate` }];
  });
}
