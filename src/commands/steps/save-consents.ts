import type { Context } from "../../context.ts";
import type { KakaoClient, KakaoScope, KakaoServiceTerm } from "../../kakao/client.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkRow, UnlinkStore } from "../../workspace/unlink-store.ts";
import { readGoing, readOutcome } from "./unlink-outcomes.ts";

/** What Kakao kept of one user's consents. Scopes carry no date there, terms do (kakao-api.md 3.6, 3.7). */
export interface SavedConsents {
  readonly kakaoId: string;
  /** ISO 8601. */
  readonly linkedAt: string;
  readonly readAt: string;
  readonly scopes: readonly KakaoScope[];
  readonly serviceTerms: readonly KakaoServiceTerm[];
}

export interface ConsentKeeper {
  /** Reads and seals the user's consents, on disk when this returns. Throws Kakao's code where they cannot be read: then the user must not be unlinked. */
  keep(number: number, row: UnlinkRow): Promise<"kept" | "not-linked">;
}

/** `--save-consents`: unlinking wipes Kakao's copy (kakao-api.md 3.7). One sealed record a user, in the run. */
export function createConsentKeeper(context: Context, kakao: KakaoClient, store: UnlinkStore): ConsentKeeper {
  const journal = store.journal("consents");
  return {
    keep: async (number, [kakaoId, , linkedAt]) => {
      if (journal.find(number) !== undefined) return "kept";
      const scopes = await kakao.readScopes(kakaoId);
      const serviceTerms = scopes === "not-linked" ? scopes : await kakao.readServiceTerms(kakaoId, "agreed_service_terms");
      if (scopes === "not-linked" || serviceTerms === "not-linked") return "not-linked";
      const saved: SavedConsents = { kakaoId, linkedAt: isoTime(linkedAt * 1000), readAt: isoTime(context.now()), scopes, serviceTerms };
      journal.intend(number, saved);
      return "kept";
    },
  };
}

/** The consents of those that the run has unlinked, in its order. */
export function* readSavedConsents(store: UnlinkStore, run: Run): Iterable<SavedConsents> {
  const [outcomes, consents] = [store.journal("apply"), store.journal("consents")];
  for (const { number } of readGoing(store, Number(run.counts["planned"] ?? 0))) {
    const saved = readOutcome(outcomes, number)?.outcome === "done" ? consents.find(number)?.intent : undefined;
    if (saved !== undefined) yield saved as SavedConsents;
  }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
