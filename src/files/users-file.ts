import { extname } from "node:path";
import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import type { AnsweredUser } from "../core/kakao-user.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { type CsvRow, readCsv } from "./csv-in.ts";
import { isObject, type JsonLine, readJsonLines } from "./jsonl-in.ts";

/** A Kakao user as a file has it, in Kakao's own forms (kakao-api.md 3.3); null where nothing is said. */
export interface UserRecord {
  readonly id: KakaoId;
  /** RFC 3339, as written. */
  readonly connectedAt: string | null;
  readonly account: AnsweredUser["account"];
}

/**
 * Kakao users from a `.csv` file (columns as Kakao's fields: id, connected_at, ci, phone_number, email, is_email_valid,
 * is_email_verified, name, birthyear, birthday, birthday_type; all but `id` optional) or a `.jsonl` file (an answer of Kakao a line).
 * Throws StartError with the line, `users-file-kind` for another ending.
 */
export async function* readUsersFile(path: string): AsyncIterable<UserRecord> {
  switch (extname(path).toLowerCase()) {
    case ".csv":
      for await (const row of readCsv(path, ["id"])) yield fromCsv(path, row);
      return;
    case ".jsonl":
      for await (const line of readJsonLines(path)) yield fromJson(path, line);
      return;
    default:
      throw new StartError({
        code: "users-file-kind",
        message: say`${path} ends neither in .csv nor in .jsonl.`,
        hint: "Give the Kakao users as a .csv file with a header, or as a .jsonl file with an answer of Kakao a line.",
      });
  }
}

/** The columns of a users file in CSV. */
export const USERS_FILE_COLUMNS = [
  "id",
  "connected_at",
  "ci",
  "phone_number",
  "email",
  "is_email_valid",
  "is_email_verified",
  "name",
  "birthyear",
  "birthday",
  "birthday_type",
] as const;

type Reader = {
  readonly text: (name: string) => string | null;
  readonly flag: (name: string) => boolean | null;
};

function fromCsv(path: string, { line, cells }: CsvRow): UserRecord {
  const text = (name: string): string | null => {
    const cell = cells[name];
    return cell === undefined || cell === "" ? null : cell;
  };
  const flag = (name: string): boolean | null => {
    const cell = text(name)?.toLowerCase() ?? null;
    if (cell === null) return null;
    if (cell === "true" || cell === "1") return true;
    if (cell === "false" || cell === "0") return false;
    throw malformed(say`${path}, line ${line}: ${name} is neither true nor false.`);
  };
  return recordOf(idOf(path, line, text("id")), text("connected_at"), { text, flag });
}

function fromJson(path: string, { line, value }: JsonLine): UserRecord {
  const account = isObject(value["kakao_account"]) ? value["kakao_account"] : {};
  const textIn = (source: Readonly<Record<string, unknown>>, name: string): string | null => {
    const field = source[name] ?? null;
    if (field === null || typeof field === "string") return field;
    throw malformed(say`${path}, line ${line}: ${name} is no text.`);
  };
  const flag = (name: string): boolean | null => {
    const field = account[name] ?? null;
    if (field === null || typeof field === "boolean") return field;
    throw malformed(say`${path}, line ${line}: ${name} is neither true nor false.`);
  };
  const id = value["id"];
  const idText = typeof id === "number" || typeof id === "string" ? String(id) : null;
  return recordOf(idOf(path, line, idText), textIn(value, "connected_at"), { text: (name) => textIn(account, name), flag });
}

function recordOf(id: KakaoId, connectedAt: string | null, { text, flag }: Reader): UserRecord {
  return {
    id,
    connectedAt,
    account: {
      ci: text("ci"),
      phoneNumber: text("phone_number"),
      email: text("email"),
      isEmailValid: flag("is_email_valid"),
      isEmailVerified: flag("is_email_verified"),
      name: text("name"),
      birthyear: text("birthyear"),
      birthday: text("birthday"),
      birthdayType: text("birthday_type"),
    },
  };
}

function idOf(path: string, line: number, text: string | null): KakaoId {
  if (text !== null && isKakaoId(text)) return text;
  throw malformed(say`${path}, line ${line}: id is no Kakao id (a whole number from 1 to 2^63-1).`);
}

function malformed(message: string): StartError {
  return new StartError({
    code: "users-file-malformed",
    message,
    hint: say`Correct that line. Columns or fields as in Kakao's answers: ${USERS_FILE_COLUMNS.join(",")}`,
  });
}
