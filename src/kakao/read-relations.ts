import type { KakaoId } from "../core/kakao-id.ts";
import { takeChecked, type Caller } from "./call.ts";
import type { ChannelRelation, KakaoChannel } from "./channel.ts";
import { checkRelations } from "./channel-responses.ts";
import { unexpectedAnswerError } from "./errors.ts";
import { RELATIONS_PER_CALL } from "./forecast.ts";
import { userCodes } from "./read-users.ts";
import { get, target, targetsInCommas } from "./requests.ts";
import { checkScopes } from "./responses.ts";

const path = "/v2/api/talk/channels/multi";
/** Whose consents are looked at to find out whether the item is on: the first may have unlinked meanwhile. */
const askedAboutItem = 3;

/**
 * The call for channel relations. Whether users who are not linked, or did not consent, are left out or fail the whole call is unconfirmed (kakao-api.md 3.11): after such
 * a failure halves are asked, so that either reads as left out. A -402 means an item that is switched off just as well: a user's own list of items tells the two apart.
 */
export function createRelations(caller: Caller): KakaoChannel["readRelations"] {
  let itemIsOn = false;

  async function readHalves(ids: readonly KakaoId[], channelPublicId: string, relations: Map<KakaoId, ChannelRelation>): Promise<void> {
    const request = get(path, { ...targetsInCommas(ids), channel_ids: channelPublicId, channel_id_type: "channel_public_id" });
    const result = await caller.call(request, "read");
    if (result.is === "accepted") {
      const asked = new Set(ids);
      for (const { id, relation } of takeChecked(caller, request, result.body, checkRelations(channelPublicId))) {
        if (!asked.has(id)) throw unexpectedAnswerError(caller.facts(request), "it holds a user that was not asked for");
        if (relation !== null) relations.set(id, relation);
      }
      return;
    }
    if (result.code === -402) itemIsOn ||= await isItemOn(caller, ids);
    if (!userCodes.has(result.code) && !(result.code === -402 && itemIsOn)) throw result.error;
    if (ids.length === 1) return;
    const middle = Math.ceil(ids.length / 2);
    await readHalves(ids.slice(0, middle), channelPublicId, relations);
    await readHalves(ids.slice(middle), channelPublicId, relations);
  }

  return async function readRelations(ids, channelPublicId) {
    if (ids.length > RELATIONS_PER_CALL) throw new RangeError(`at most ${String(RELATIONS_PER_CALL)} users a call, not ${String(ids.length)}`);
    const relations = new Map<KakaoId, ChannelRelation>();
    if (ids.length > 0) await readHalves(ids, channelPublicId, relations);
    return relations;
  };
}

/** Whether the app uses the consent item: an item in use is in everybody's list, agreed or not (kakao-api.md 3.6). False where nobody can be asked. */
async function isItemOn(caller: Caller, ids: readonly KakaoId[]): Promise<boolean> {
  for (const id of ids.slice(0, askedAboutItem)) {
    const request = get("/v2/user/scopes", target(id));
    const result = await caller.call(request, "read");
    if (result.is === "accepted") return takeChecked(caller, request, result.body, checkScopes).scopes.some((scope) => scope.id === "plusfriends" && scope.using);
    if (!userCodes.has(result.code)) throw result.error;
  }
  return false;
}
