import { Refusal, refusal } from "../answers.ts";
import type { ChannelSetup } from "../app-setup.ts";
import { invalid, isObject } from "../parameters.ts";
import type { World } from "../world.ts";

/** A channel that the app may use: -541 unknown, -544 sanctioned, -819 not connected (kakao-api.md 4.3). */
export function requireChannel({ settings }: World, publicId: unknown): ChannelSetup {
  if (typeof publicId !== "string" || publicId === "") throw invalid("channel_public_id");
  const channel = settings.channels.find((known) => known.publicId === publicId);
  if (channel === undefined) throw refusal(-541);
  if (channel.state === "connected") return channel;
  throw refusal(channel.state === "sanctioned" ? -544 : -819);
}

/** -3 while the channel product is off or its policy was not accepted (kakao-api.md 8.0). */
export function requireChannelProduct({ settings }: World): void {
  if (!settings.channelProduct) throw new Refusal(-3, "TALK_CHANNEL service property disabled");
}

/** The members of a JSON body; form data and anything else is `INVALID_PARAMETER` (kakao-api.md section 1). */
export function requireJson(body: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(body)) throw new Refusal(-2, "INVALID_PARAMETER");
  return body;
}
