import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { Refusal } from "./answers.ts";

/** `target_id_type=user_id` and `target_id` of an admin-key call; -2 when missing or wrong. */
export function readTargetId(parameters: URLSearchParams): KakaoId {
  requireIdType(parameters);
  const id = parameters.get("target_id") ?? "";
  if (!isKakaoId(id)) throw invalid("target_id");
  return id;
}

/** `target_ids` of a call about several users: JSON list of numbers, at least one, each once; -2 otherwise. */
export function readTargetIds(parameters: URLSearchParams): KakaoId[] {
  requireIdType(parameters);
  const text = parameters.get("target_ids") ?? "";
  // Read as text: JSON.parse would round ids above 2^53.
  if (!/^\s*\[\s*\d+(\s*,\s*\d+)*\s*\]\s*$/.test(text)) throw invalid("target_ids");
  const ids = text.match(/\d+/g) ?? [];
  if (!ids.every(isKakaoId)) throw invalid("target_ids");
  return ids;
}

/** `target_ids` of the call for channel relations: a comma list without brackets (kakao-api.md 3.11), each once; -2 otherwise. */
export function readTargetIdsInCommas(parameters: URLSearchParams): KakaoId[] {
  requireIdType(parameters);
  const ids = (parameters.get("target_ids") ?? "").split(",");
  if (!ids.every(isKakaoId)) throw invalid("target_ids");
  return [...new Set(ids)];
}

/** A parameter that is a JSON list of texts (`["name"]`); undefined when not sent, -2 when it is anything else. */
export function readTextList(parameters: URLSearchParams, name: string): string[] | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  const list = parseJson(text);
  if (!Array.isArray(list)) throw invalid(name);
  return list.map((entry: unknown) => {
    if (typeof entry !== "string") throw invalid(name);
    return entry;
  });
}

/** A parameter that is a comma list; undefined when not sent. */
export function readCommaList(parameters: URLSearchParams, name: string): string[] | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  return text.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

/** -2 for a parameter that is missing or wrong. */
export function invalid(name: string): Refusal {
  return new Refusal(-2, `invalid parameter: ${name}`);
}

function requireIdType(parameters: URLSearchParams): void {
  if (parameters.get("target_id_type") !== "user_id") throw invalid("target_id_type");
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
