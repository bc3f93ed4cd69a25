import type { Context } from "../../context.ts";
import { readPlaceholders, type ForeignPhone } from "../../core/keys.ts";
import { prepareDigests } from "../../core/matching/key-digests.ts";
import type { MatchingOptions } from "../../core/matching/options.ts";

/** The configuration as the matching rules take it. `seed` is drawn anew for each attempt. */
export function readMappingOptions(context: Context, foreignPhone: ForeignPhone, listingComplete: boolean): Omit<MatchingOptions, "seed"> {
  const { members, matching, database } = context.config;
  const nowMs = context.now();
  const placeholders = readPlaceholders(matching.placeholders, foreignPhone);
  return {
    keys: matching.keys,
    phone: matching.phone,
    email: matching.email,
    corroborators: matching.corroborators,
    dormant: matching.dormant,
    placeholders,
    syntheticEmails: matching.syntheticEmails.map(readPattern),
    phoneVerifiedAlways: members.phoneVerified === "always",
    emailVerifiedAlways: members.emailVerified === "always",
    zoneMinutes: readZoneMinutes(database.timeZone, nowMs),
    linkable: [true, ...members.also.map(({ kakaoId }) => kakaoId !== undefined)],
    listingComplete,
    today: new Date(nowMs + 9 * 3_600_000).toISOString().slice(0, 10).replaceAll("-", ""),
    nowMs,
    foreignPhone,
    digests: prepareDigests(context.values().digests, placeholders),
  };
}

/** A glob with `*` over the whole address, or a regular expression between slashes. */
function readPattern(text: string): RegExp {
  if (text.length > 2 && text.startsWith("/") && text.endsWith("/")) return new RegExp(text.slice(1, -1), "u");
  const escaped = text.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*")}$`, "u");
}

/** Minutes that a zone is ahead of UTC at a moment. */
export function readZoneMinutes(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(atMs);
  const offset = /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "");
  if (offset === null) return 0;
  return (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
}
