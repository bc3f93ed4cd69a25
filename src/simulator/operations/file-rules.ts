import { isKakaoId } from "../../core/kakao-id.ts";
import type { CustomerFiles, FileFields, FileSchema, UserType } from "../customer-files.ts";
import { invalid, isObject } from "../parameters.ts";
import type { Settings } from "../settings.ts";

/** The only keys of a schema that may be text (kakao-api.md 8.1). */
const textKeys: ReadonlySet<string> = new Set(["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"]);
const mostKeys = 30;

/** The schema of a new file: up to 30 keys, `string` only for Kakao's ten, `number` for every other; -2 otherwise. */
export function readSchema(value: unknown): FileSchema {
  if (!isObject(value)) throw invalid("schema");
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > mostKeys) throw invalid("schema");
  return Object.fromEntries(entries.map(([key, type]) => {
    if (type === "number" || (type === "string" && textKeys.has(key))) return [key, type];
    throw invalid(`schema ${key}`);
  }));
}

/** What decides about a row. */
export interface RowRules {
  readonly settings: Settings;
  readonly files: CustomerFiles;
  readonly type: UserType;
  readonly schema: FileSchema;
}

/** A row of a request to add; undefined when it is malformed. */
export function readRow(rules: RowRules, row: unknown): { readonly id: string; readonly fields: FileFields } | undefined {
  if (!isObject(row)) return undefined;
  const id = readId(rules, row["id"]);
  const fields = row["field"];
  return id !== undefined && isObject(fields) && areFields(rules, fields) ? { id, fields } : undefined;
}

/** An id of a request to remove, as text or as `{ "id": … }`, whichever is taken; undefined when it is malformed. */
export function readRemoval(rules: RowRules, entry: unknown): string | undefined {
  const { removeAs } = rules.settings;
  if (isObject(entry)) return removeAs === "ids" ? undefined : readId(rules, entry["id"]);
  return removeAs === "objects" ? undefined : readId(rules, entry);
}

/** An id in the form that files hold. A number that JavaScript rounds is no id. */
function readId({ settings, files, type }: RowRules, given: unknown): string | undefined {
  const text = typeof given === "number" && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof text !== "string") return undefined;
  const id = type === "app" ? text : toPhone(settings, text);
  if (files.isRefused(id)) return undefined;
  return (type === "app" ? isKakaoId(id) : /^82[1-9]\d{7,9}$/.test(id)) ? id : undefined;
}

function toPhone({ phoneIds }: Settings, text: string): string {
  return phoneIds === "82-or-010" && text.startsWith("0") ? `82${text.slice(1)}` : text;
}

function areFields({ settings, schema }: RowRules, fields: Readonly<Record<string, unknown>>): fields is FileFields {
  return Object.entries(fields).every(([key, value]) => {
    if (typeof value !== "string" && typeof value !== "number") return false;
    return !settings.fieldsChecked || schema[key] === typeof value;
  });
}
