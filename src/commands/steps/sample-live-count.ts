import type { LiveFacts, LiveItem, LiveTerm } from "../../core/consent/model.ts";
import type { KakaoScope, KakaoServiceTerm } from "../../kakao/client.ts";

/** What Kakao answered about one user, in memory only until it is counted. */
export interface UserAnswer {
  readonly byKakaoSync: boolean;
  readonly scopes: readonly KakaoScope[];
  /** undefined: the app has no service terms to ask for. */
  readonly terms: readonly KakaoServiceTerm[] | undefined;
  /** Scope ids of the items that there is a value of. */
  readonly filled: readonly string[];
}

/** A term with how many of those who agreed may withdraw it. */
export interface CountedTerm extends LiveTerm {
  readonly revocable: number;
}

/** The facts that rules look at, and who still has to be asked. Counts are users. */
export interface LiveCounts extends LiveFacts {
  readonly terms?: readonly CountedTerm[] | undefined;
  /** Of those who came by Kakao Login alone, and of those who came by Kakao Sync: who lacks a required item or a required term. */
  readonly needingConsent: { readonly kakaoLogin: number; readonly kakaoSync: number };
}

/** Counts the answers; `answerable` are the items that an answer can show a value of. */
export function countLive(answers: readonly UserAnswer[], answerable: readonly string[]): LiveCounts {
  const items = countItems(answers, answerable);
  const terms = countTerms(answers);
  const requiredItems = items.filter((item) => item.using && item.agreed > 0 && item.revocable === 0).map(({ id }) => id);
  const requiredTerms = (terms ?? []).filter(({ required }) => required).map(({ tag }) => tag);
  const lacks = ({ scopes, terms: own }: UserAnswer): boolean =>
    requiredItems.some((id) => !scopes.some((scope) => scope.id === id && scope.agreed)) || requiredTerms.some((tag) => own?.some((term) => term.tag === tag && term.agreed) !== true);
  const count = (byKakaoSync: boolean): number => answers.filter((answer) => answer.byKakaoSync === byKakaoSync && lacks(answer)).length;
  return {
    sampled: answers.length,
    items,
    ...(terms === undefined ? {} : { terms }),
    kakaoSyncUsers: answers.filter(({ byKakaoSync }) => byKakaoSync).length,
    needingConsent: { kakaoLogin: count(false), kakaoSync: count(true) },
  };
}

function countItems(answers: readonly UserAnswer[], answerable: readonly string[]): LiveItem[] {
  const items = new Map<string, { id: string; displayName: string; using: boolean; agreed: number; revocable: number; withValue: number }>();
  for (const { scopes, filled } of answers) {
    for (const { id, displayName, using, agreed, revocable } of scopes) {
      const item = items.get(id) ?? { id, displayName, using: false, agreed: 0, revocable: 0, withValue: 0 };
      items.set(id, item);
      item.using ||= using;
      if (!agreed) continue;
      item.agreed += 1;
      if (revocable === true) item.revocable += 1;
      if (filled.includes(id)) item.withValue += 1;
    }
  }
  return [...items.values()].map(({ withValue, ...item }) => (item.using && answerable.includes(item.id) ? { ...item, withValue } : item));
}

/** In Kakao's order, which is the console's. */
function countTerms(answers: readonly UserAnswer[]): CountedTerm[] | undefined {
  if (answers.length === 0 || answers.some(({ terms }) => terms === undefined)) return undefined;
  const terms = new Map<string, { tag: string; required: boolean; agreed: number; revocable: number }>();
  for (const answer of answers) {
    for (const { tag, required, agreed, revocable } of answer.terms ?? []) {
      const term = terms.get(tag) ?? { tag, required, agreed: 0, revocable: 0 };
      terms.set(tag, term);
      term.required = required;
      if (agreed) term.agreed += 1;
      if (agreed && revocable === true) term.revocable += 1;
    }
  }
  return [...terms.values()];
}
