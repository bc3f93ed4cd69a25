import type { KakaoId } from "../core/kakao-id.ts";
import { type Answer, refusal } from "./answers.ts";
import type { CustomerFiles } from "./customer-files.ts";
import type { Faults } from "./faults.ts";
import { readTargetId } from "./parameters.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Settings } from "./settings.ts";
import type { SimulatedUser, Users } from "./users.ts";

/** What an operation works on. */
export interface World {
  readonly settings: Settings;
  readonly users: Users;
  readonly files: CustomerFiles;
  readonly faults: Faults;
  readonly listing: RateLimit;
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 to below 1, from a fixed seed. */
  random(): number;
  adminKey(): string;
}

/** One endpoint: decoded parameters in (`body` what came as JSON, undefined for anything else), answer out. Throws a Refusal for an answer in Kakao's error shape. */
export type Operation = (world: World, parameters: URLSearchParams, body: unknown) => Answer;

/** The user a single-user call is about; -101 when not linked, or the code that was planned for this user. */
export function findTarget(world: World, parameters: URLSearchParams): { id: KakaoId; user: SimulatedUser } {
  const id = readTargetId(parameters);
  const planned = world.faults.codeOfUser(id);
  if (planned !== undefined) throw refusal(planned);
  const user = world.users.get(id);
  if (!user) throw refusal(-101);
  return { id, user };
}
