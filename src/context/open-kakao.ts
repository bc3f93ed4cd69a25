import { requireAdminKey } from "../config/admin-key.ts";
import type { Config } from "../config/config.ts";
import { createKakaoClient, type KakaoClient, type ListingTimes } from "../kakao/client.ts";

/** Where calls are counted and paced: a workspace, for all its commands. */
export interface CallMemory {
  readonly listingTimes: ListingTimes;
  readonly calls: { addCalls(month: string, calls: number): void };
}

/** Kakao as the configuration says, its calls counted and its listing paced over all commands of the workspace. */
export function openKakao(config: Config, workspace: CallMemory, signal: AbortSignal, now: () => number): KakaoClient {
  const key = requireAdminKey(config);
  return createKakaoClient({
    baseUrl: config.kakao.baseUrl,
    adminKey: () => key.reveal(),
    refreshKey: () => requireAdminKey(config).reveal(),
    requestsPerSecond: config.limits.requestsPerSecond,
    listingPerMinute: config.limits.listingPerMinute,
    listingStore: workspace.listingTimes,
    signal,
    now,
    onCall: () => workspace.calls.addCalls(monthOf(now()), 1),
  });
}

/** `YYYY-MM` in Korea, where the quota is counted. */
export function monthOf(ms: number): string {
  return new Date(ms + 9 * 3_600_000).toISOString().slice(0, 7);
}
