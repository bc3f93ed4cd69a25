import type { KakaoId } from "../../core/kakao-id.ts";
import { accountOfPreregistered, everything, filterFor, pick, type PropertyFilter } from "../account-items.ts";
import { jsonWithId, Refusal, refusal, succeed } from "../answers.ts";
import { readTargetIds, readTextList } from "../parameters.ts";
import { shuffle } from "../random.ts";
import type { SimulatedUser } from "../users.ts";
import { findTarget, type Operation, type World } from "../world.ts";

/** `GET` and `POST /v2/user/me` (kakao-api.md 3.3). A success completes the user's sign-up. */
export const readUser: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const keys = readTextList(parameters, "property_keys");
  const filter = keys ? filterFor(keys, world.settings.appId) : everything;
  world.users.noteDetailsRead(id, user);
  const answer = renderUser(id, user, filter);
  return succeed(parameters.get("secure_resource") === "true" ? answer.replaceAll('_url":"http://', '_url":"https://') : answer);
};

/** `/v2/app/users` (kakao-api.md 3.2): up to 100 users, up to 20 with `property_keys`; in no particular order. */
export const readUsers: Operation = (world, parameters) => {
  const ids = readTargetIds(parameters);
  const keys = readTextList(parameters, "property_keys");
  const most = keys ? 20 : 100;
  if (ids.length > most) throw new Refusal(-2, `target_ids size must be less than or equal to ${most}`);
  const filter = keys && filterFor(keys, world.settings.appId);
  const elements = shuffle([...new Set(ids)], () => world.random()).flatMap((id) => readElement(world, id, filter));
  const list = `[${elements.join(",")}]`;
  return succeed(world.settings.appUsersShape === "elements" ? `{"elements":${list}}` : list);
};

function readElement(world: World, id: KakaoId, filter: PropertyFilter | undefined): string[] {
  const user = world.faults.codeOfUser(id) === undefined ? world.users.get(id) : undefined;
  if (!user) {
    if (world.settings.unlinkedInAppUsers === "fail") throw refusal(world.faults.codeOfUser(id) ?? -101);
    return [];
  }
  if (!filter) return [jsonWithId(id, dates(user))];
  world.users.noteDetailsRead(id, user);
  return [renderUser(id, user, filter)];
}

function renderUser(id: KakaoId, user: SimulatedUser, filter: PropertyFilter): string {
  const preregistered = user.has_signed_up === false;
  const account = preregistered ? accountOfPreregistered(user.kakao_account ?? {}) : user.kakao_account;
  return jsonWithId(id, {
    ...(filter.signedUp ? { has_signed_up: user.has_signed_up } : {}),
    ...dates(user),
    properties: preregistered ? undefined : pick(user.properties, filter.properties),
    kakao_account: pick(account, filter.account),
    for_partner: filter.partner ? user.for_partner : undefined,
  });
}

/** Absent, never null: undefined members do not reach the JSON text. */
function dates({ connected_at, synched_at, has_signed_up }: SimulatedUser): Record<string, unknown> {
  return { connected_at, synched_at: has_signed_up === false ? undefined : synched_at };
}
