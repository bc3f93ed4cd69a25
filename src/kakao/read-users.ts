import type { KakaoId } from "../core/kakao-id.ts";
import { takeChecked, type Caller } from "./call.ts";
import { unexpectedAnswerError } from "./errors.ts";
import { get, propertyKeysOf, target, targets } from "./requests.ts";
import type { Checked, KakaoBasics } from "./responses.ts";

/** Codes that speak of one user (U6); -402 does not occur where items without consent are left out. */
export const userCodes: ReadonlySet<number> = new Set([-101, -103, -4, -406, -501]);

/**
 * `/v2/app/users` for up to `most` users, in Kakao's order, each once. Whether a user who is not linked is left out or fails
 * the whole call is not documented (kakao-api.md 3.2): after such a failure halves are asked, so that either reads as left out.
 */
export async function readSeveral<T extends KakaoBasics>(
  caller: Caller,
  ids: readonly KakaoId[],
  most: number,
  propertyKeys: readonly string[] | undefined,
  check: (body: unknown) => Checked<T[]>,
): Promise<readonly T[]> {
  if (ids.length > most) throw new RangeError(`at most ${String(most)} users a call, not ${String(ids.length)}`);
  if (ids.length === 0) return [];
  const request = get("/v2/app/users", { ...targets(ids), ...propertyKeysOf(propertyKeys) });
  const result = await caller.call(request, "read");
  if (result.is === "refused") {
    if (!userCodes.has(result.code)) throw result.error;
    if (ids.length === 1) return [];
    const middle = Math.ceil(ids.length / 2);
    const first = await readSeveral(caller, ids.slice(0, middle), most, propertyKeys, check);
    return [...first, ...(await readSeveral(caller, ids.slice(middle), most, propertyKeys, check))];
  }
  const users = new Map(takeChecked(caller, request, result.body, check).map((user) => [user.id, user]));
  const asked = new Set(ids);
  // An id that nobody asked for means that ids got lost on the way: then "left out" would be a lie.
  if ([...users.keys()].some((id) => !asked.has(id))) throw unexpectedAnswerError(caller.facts(request), "it holds a user that was not asked for");
  return [...users.values()];
}

/** A call about one user; -101 and nothing else is `not-linked`. */
export async function readOne<T extends { readonly id: KakaoId }>(
  caller: Caller,
  path: string,
  id: KakaoId,
  more: Readonly<Record<string, string>>,
  check: (body: unknown) => Checked<T>,
): Promise<T | "not-linked"> {
  const request = get(path, { ...target(id), ...more });
  const result = await caller.call(request, "read");
  if (result.is === "refused") {
    if (result.code === -101) return "not-linked";
    throw result.error;
  }
  const user = takeChecked(caller, request, result.body, check);
  if (user.id !== id) throw unexpectedAnswerError(caller.facts(request), "it is about another user");
  return user;
}
