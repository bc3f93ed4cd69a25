import { RefusedError, StartError } from "../errors.ts";
import type { GlobalFlags, Io } from "../io.ts";
import { say } from "../say.ts";

/** What can be written into a list or a line of the record without hiding or forging anything: no control, format or line-breaking characters. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;
const longest = 100;
/** Where the name of the account stands. */
const accountVariables = ["SUDO_USER", "USER", "LOGNAME"];

/**
 * Who is responsible: `--operator`, else `KAKAO_SYNC_OPERATOR`, else at a terminal the name of the account, else whom `approve --as` names. Undefined where nobody is
 * named. Throws StartError for a name that could not stand on the record.
 */
export function findOperator(flags: Pick<GlobalFlags, "operator" | "as">, env: Io["env"], interactive: boolean): string | undefined {
  if (flags.operator !== undefined) return checkName("--operator", flags.operator);
  const given = env["KAKAO_SYNC_OPERATOR"]?.trim() ?? "";
  if (given !== "") return checkName("KAKAO_SYNC_OPERATOR", given);
  for (const name of interactive ? accountVariables : []) if (env[name] !== undefined && env[name] !== "") return checkName(name, env[name]);
  return flags.as === undefined || flags.as === "" ? undefined : checkName("--as", flags.as);
}

/** Throws RefusedError where nobody is named. */
export function requireOperator(operator: string | undefined): string {
  if (operator !== undefined) return operator;
  throw new RefusedError({
    code: "operator-missing",
    message: "Keys are to be read or something is to change, and nobody says who is responsible for it.",
    hint: "Add --operator NAME, or set KAKAO_SYNC_OPERATOR; it is kept on the record.",
  });
}

function checkName(where: string, given: string): string {
  const name = given.trim();
  if (name !== "" && name.length <= longest && !unprintable.test(name)) return name;
  const message = name === "" ? say`The name in ${where} is empty.` : name.length > longest ? say`The name in ${where} is longer than ${longest} characters.` : say`The name in ${where} holds characters that cannot be printed.`;
  throw new StartError({ code: "usage", message, hint: "Name the person, or the job and the team behind it: --operator kim" });
}
