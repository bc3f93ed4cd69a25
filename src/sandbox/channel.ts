import type { ChannelSetup } from "../simulator/app-setup.ts";
import { randomFrom } from "../simulator/random.ts";
import { formatTime, type SimulatedUser } from "../simulator/users.ts";

/** The demo shop's channel. */
export const sandboxChannel: ChannelSetup = { publicId: "_DemoShop", searchId: "@demoshop", state: "connected" };

const day = 86_400_000;
/** Chances of their own: what is drawn here changes nothing else about a person. */
const userChances = 7_000_001;
const memberChances = 9_000_011;

/** What the person of an index is to the channel: in a hundred 55 added it and 8 blocked it; 8 of a hundred did not agree that the app may see that. */
export function drawChannelSide(index: number, now: number): Pick<SimulatedUser, "scopes" | "channels"> {
  const random = randomFrom(index + userChances);
  const scopes = random() < 0.92 ? ["plusfriends"] : [];
  const chance = random();
  if (chance >= 0.63) return { scopes };
  const created = now - (2 + random() * 700) * day;
  const updated = chance < 0.5 ? created : created + random() * (now - created);
  return { scopes, channels: { [sandboxChannel.publicId]: { relation: chance < 0.55 ? "ADDED" : "BLOCKED", created_at: formatTime(created), updated_at: formatTime(updated) } } };
}

/** What a member said to advertising messages, as the shop's columns hold it; times in milliseconds, null where there is none. */
export interface MarketingConsent {
  /** 1 yes, 0 no, null never asked. */
  readonly agreed: 0 | 1 | null;
  readonly agreedAt: number | null;
  readonly reconfirmedAt: number | null;
  /** To messages between 21:00 and 08:00. */
  readonly night: 0 | 1 | null;
}

/** By the member's number: in a hundred 65 said yes, 15 no, 20 were never asked; of the yeses a few lack the date, and some were to be reconfirmed. */
export function drawMarketingConsent(memberId: number, now: number): MarketingConsent {
  const random = randomFrom(memberId + memberChances);
  const chance = random();
  if (chance >= 0.8) return { agreed: null, agreedAt: null, reconfirmedAt: null, night: null };
  if (chance >= 0.65) return { agreed: 0, agreedAt: null, reconfirmedAt: null, night: 0 };
  const age = (1 + random() * 1_400) * day;
  const isReconfirmed = age > 730 * day && random() < 0.7;
  const night = random() < 0.3 ? 1 : 0;
  return { agreed: 1, agreedAt: random() < 0.98 ? now - age : null, reconfirmedAt: isReconfirmed ? now - age + (640 + random() * 90) * day : null, night };
}
