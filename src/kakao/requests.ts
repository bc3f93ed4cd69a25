import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import type { KakaoRequest } from "./http.ts";

export function get(path: string, parameters: Readonly<Record<string, string>>): KakaoRequest {
  return { method: "GET", path, parameters };
}

export function post(path: string, parameters: Readonly<Record<string, string>>): KakaoRequest {
  return { method: "POST", path, parameters };
}

/** A POST of the customer-file API; `mayBeEmpty` where what answers it is unconfirmed. */
export function postJson(path: string, body: Readonly<Record<string, unknown>>, more: { readonly mayBeEmpty?: true } = {}): KakaoRequest {
  return { method: "POST", path, parameters: {}, body, ...more };
}

/** The two parameters that name a user to an admin-key call. */
export function target(id: KakaoId): Record<string, string> {
  return { target_id_type: "user_id", target_id: checkId(id) };
}

/** The same for several: JSON text with the ids as numbers, written without ever being numbers here (kakao-api.md section 1). */
export function targets(ids: readonly KakaoId[]): Record<string, string> {
  return { target_id_type: "user_id", target_ids: `[${ids.map(checkId).join(",")}]` };
}

/** The same for the call about channels: a comma list without brackets (kakao-api.md 3.11). */
export function targetsInCommas(ids: readonly KakaoId[]): Record<string, string> {
  return { target_id_type: "user_id", target_ids: ids.map(checkId).join(",") };
}

/** Which properties to answer, as JSON text; undefined leaves the parameter out. */
export function propertyKeysOf(keys: readonly string[] | undefined): Record<string, string> {
  return keys === undefined ? {} : { property_keys: JSON.stringify(keys) };
}

/** A malformed id is a defect of the caller; its text could change what the call means. */
function checkId(id: KakaoId): KakaoId {
  if (!isKakaoId(id)) throw new TypeError("not a Kakao id");
  return id;
}
