import { say } from "../say.ts";
import { valueAt } from "./check-shape.ts";
import type { Config } from "./config.ts";
import type { Problem } from "./problems.ts";

/** What works but is unwise or most likely not meant. `written` is the file before variables were filled in. */
export function listWarnings(config: Config, written: unknown): Problem[] {
  return [...warnOfLiteralKey(written), ...warnOfKeysThatCannotLink(config), ...warnOfFieldsForFilesOnly(config)];
}

/** Fields that a customer file takes texts for (kakao-api.md 8.1), the last purchase in both spellings, and two that only the partner centre's own CSV knows (8.5). */
const textFields: ReadonlySet<string> = new Set(["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "최근구매일", "응모일", "이름", "멤버십등급"]);

function warnOfFieldsForFilesOnly({ channel }: Config): Problem[] {
  return Object.entries(channel?.fields ?? {}).flatMap(([name, { type }]): Problem[] => {
    if (type === "number" || textFields.has(name)) return [];
    return [{ path: ["channel", "fields", name], what: "Kakao takes texts only under its own names: with this field a file can be written and not uploaded", instead: "write type: number, or one of Kakao's names" }];
  });
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
      return [{ path, what: say`without ${column} every find by ${key} goes to review`, instead: say`name its column, or write ${always}: always if that is so` }];
    }
    const agreeing = matching.corroborators.filter((corroborator) => corroborator !== key);
    if (trust === "alone" || agreeing.length > 0) return [];
    return [{ path, what: say`with nothing that could agree every find by ${key} goes to review`, instead: "name members.name or members.birthdate" }];
  });
}
