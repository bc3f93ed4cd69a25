import type { KakaoId } from "../../core/kakao-id.ts";
import { accountItems } from "../account-items.ts";
import { Refusal, refusal, succeed } from "../answers.ts";
import type { ChannelSetup } from "../app-setup.ts";
import { invalid, readCommaList, readTargetIdsInCommas } from "../parameters.ts";
import type { SimulatedUser } from "../users.ts";
import { findTarget, type Operation, type World } from "../world.ts";
import { requireChannel } from "./channels.ts";
import { hasAgreed } from "./scopes.ts";

const mostUsers = 200;
const consentItem = "plusfriends";

/** `GET /v2/api/talk/channels` (kakao-api.md 3.10): `NONE` without dates; -402 without the consent item. */
export const readRelationsOfOne: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const channels = readChannels(world, parameters);
  requireConsent(world, user);
  return succeed(renderRelations(id, user, channels));
};

/** `GET /v2/api/talk/channels/multi` (kakao-api.md 3.11): up to 200 users. How it treats who cannot be answered for is a setting. */
export const readRelationsOfSeveral: Operation = (world, parameters) => {
  const ids = readTargetIdsInCommas(parameters);
  if (ids.length > mostUsers) throw new Refusal(-2, `target_ids size must be less than or equal to ${mostUsers}`);
  const channels = readChannels(world, parameters);
  if (!isItemOn(world)) throw insufficientScopes(undefined);
  return succeed(`[${ids.flatMap((id) => readElement(world, id, channels)).join(",")}]`);
};

function readElement(world: World, id: KakaoId, channels: readonly ChannelSetup[]): string[] {
  const code = world.faults.codeOfUser(id);
  const user = code === undefined ? world.users.get(id) : undefined;
  if (user === undefined) {
    if (world.settings.unlinkedInRelations === "fail") throw refusal(code ?? -101);
    return [];
  }
  if (hasAgreed(user, consentItem)) return [renderRelations(id, user, channels)];
  if (world.settings.withoutConsentInRelations === "fail") throw insufficientScopes(user);
  return [];
}

function readChannels(world: World, parameters: URLSearchParams): readonly ChannelSetup[] {
  const asked = readCommaList(parameters, "channel_ids");
  if (asked === undefined) return world.settings.channels.filter(({ state }) => state === "connected");
  if (parameters.get("channel_id_type") !== "channel_public_id") throw invalid("channel_id_type");
  return asked.map((publicId) => requireChannel(world, publicId));
}

function renderRelations(id: KakaoId, user: SimulatedUser, channels: readonly ChannelSetup[]): string {
  const relations = channels.map(({ publicId, searchId }) => {
    const known = user.channels?.[publicId];
    return { channel_uuid: searchId, channel_public_id: publicId, relation: known?.relation ?? "NONE", created_at: known?.created_at, updated_at: known?.updated_at };
  });
  return `{"user_id":${id},"channels":${JSON.stringify(relations)}}`;
}

function requireConsent(world: World, user: SimulatedUser): void {
  if (!isItemOn(world) || !hasAgreed(user, consentItem)) throw insufficientScopes(user);
}

function isItemOn({ settings }: World): boolean {
  return settings.scopes.some(({ id, using }) => id === consentItem && using);
}

/** Which items would be needed and which ones are there (kakao-api.md 4.4). */
function insufficientScopes(user: SimulatedUser | undefined): Refusal {
  const shown = user === undefined ? [] : accountItems.map(({ scope }) => scope).filter((scope) => hasAgreed(user, scope));
  const allowed = [...new Set([...shown, ...(user?.scopes ?? [])])].filter((scope) => scope !== consentItem);
  return new Refusal(-402, "insufficient scopes.", { api_type: "TALK_CHANNELS", required_scopes: [consentItem], allowed_scopes: allowed });
}
