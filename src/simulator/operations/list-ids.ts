import { isKakaoId, type KakaoId } from "../../core/kakao-id.ts";
import { succeed } from "../answers.ts";
import { invalid } from "../parameters.ts";
import type { Operation, World } from "../world.ts";

const largest = 2n ** 63n - 1n;

/** `GET /v1/user/ids` (kakao-api.md 3.1): sorted, `from_id` inclusive, `after_url` repeats the last id. */
export const listIds: Operation = (world, parameters) => {
  const limit = readLimit(parameters.get("limit"));
  const descending = readOrder(parameters.get("order"));
  const start = readStart(parameters.get("from_id")) ?? (descending ? largest : 0n);
  const found = takeIds(world, start, descending, limit + 1);
  const page = found.slice(0, limit);
  const fields = [`"elements":[${page.join(",")}]`];
  const [first] = page;
  if (first !== undefined && hasBefore(world, first, descending)) {
    fields.push(`"before_url":${pageUrl(world, limit, !descending, first)}`);
  }
  const last = page.at(-1);
  if (found.length > limit && last !== undefined) fields.push(`"after_url":${pageUrl(world, limit, descending, last)}`);
  else if (world.settings.lastPageAfterUrl === "null") fields.push('"after_url":null');
  return succeed(`{${fields.join(",")}}`);
};

function takeIds(world: World, start: bigint, descending: boolean, limit: number): KakaoId[] {
  const ids: KakaoId[] = [];
  for (const id of world.users.idsFrom(start, descending)) {
    if (!world.settings.preregisteredListed && world.users.get(id)?.has_signed_up === false) continue;
    ids.push(id);
    if (ids.length === limit) break;
  }
  return ids;
}

function hasBefore(world: World, first: KakaoId, descending: boolean): boolean {
  return takeIds(world, BigInt(first) + (descending ? 1n : -1n), !descending, 1).length > 0;
}

/** Kakao's own addresses say http and carry the key: a client must neither follow nor log them. */
function pageUrl(world: World, limit: number, descending: boolean, from: KakaoId): string {
  const order = descending ? "desc" : "asc";
  return JSON.stringify(`http://kapi.kakao.com/v1/user/ids?limit=${limit}&order=${order}&from_id=${from}&app_key=${world.adminKey()}`);
}

function readLimit(text: string | null): number {
  if (text === null) return 100;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 100) throw invalid("limit");
  return limit;
}

function readOrder(text: string | null): boolean {
  if (text !== null && text !== "asc" && text !== "desc") throw invalid("order");
  return text === "desc";
}

function readStart(text: string | null): bigint | undefined {
  if (text === null) return undefined;
  if (text !== "0" && !isKakaoId(text)) throw invalid("from_id");
  return BigInt(text);
}
