import { createHash } from "node:crypto";
import type { Config } from "./config.ts";

/**
 * What of the configuration decides how a plan comes out and whether it may be carried out, as canonical JSON (keys sorted). A plan whose
 * configuration differs by its digest is `changed` (product.md section 3). Left out: secrets, places of files and servers (a
 * database is known by its own identity), and limits that only pace.
 */
export function renderDigestInput(config: Config): string {
  const { link, unlink, clear, approvals } = config.limits;
  return renderCanonical({
    environment: config.environment,
    timeZone: config.database.timeZone,
    members: config.members,
    link: config.link,
    alsoLinkedIn: config.alsoLinkedIn.map((place) => ({ name: place.name, link: place.link })),
    kakao: { appId: config.kakao.appId, baseUrl: config.kakao.baseUrl, app: config.kakao.app },
    matching: config.matching,
    channel: config.channel ?? null,
    limits: { link, unlink, clear, approvals },
  });
}

/** SHA-256 of `renderDigestInput`, in hex. */
export function configDigest(config: Config): string {
  return createHash("sha256").update(renderDigestInput(config)).digest("hex");
}

function renderCanonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderCanonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${renderCanonical(item)}`).join(",")}}`;
}
