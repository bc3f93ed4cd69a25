import { listRequested } from "./applied.ts";
import { findItem } from "./items.ts";
import { hitIf, isHttps, isOn, listConsoleItems, placeItems } from "./look.ts";
import type { Rule } from "./rule.ts";

const policy = { who: "service", stage: "before-review", menu: "service" } as const;
const privacyUrl = { document: "guide2019", section: "3. 추가 서류 제출: 회사 개인정보 처리 방침 URL" } as const;

/** The privacy policy, and what Kakao Sync changes in all policies. */
export const POLICY_RULES: readonly Rule[] = [
  {
    ...policy, id: "C-APP-16", level: "error", needs: [["service", "policies", "privacyUrl"]], source: privacyUrl,
    check: ({ consent }) => {
      const url = consent.service?.policies?.privacyUrl;
      return hitIf(url !== undefined && !isHttps(url), ["service", "policies", "privacyUrl"]);
    },
  },
  {
    ...policy, id: "C-APP-17", level: "error", needs: [["service", "policies", "privacy", "items"]], source: privacyUrl,
    check: (input) => {
      const named = input.consent.service?.policies?.privacy?.items;
      const on = [...listConsoleItems(input), ...placeItems(input.consent.reviewed?.items, ["reviewed", "items"])].filter(({ consent }) => isOn(consent));
      const asked = [...listRequested(input), ...on].map(({ id }) => id).filter((id) => findItem(id)?.type !== "-");
      return named === undefined ? [] : [...new Set(asked)].filter((id) => !named.includes(id)).map((id) => ({ at: ["service", "policies", "privacy", "items"], item: id }));
    },
  },
  policyRule("C-APP-18", "namesKakao", { document: "design", section: "Terms: further changes to policies" }),
  policyRule("C-APP-19", "retention", { document: "design", section: "Privacy Policy: collecting, storing and destroying" }),
  policyRule("C-APP-20", "entrusting", { document: "privacyAct", section: "Article 30 (1): contents of the privacy policy" }),
  {
    ...policy, id: "C-APP-21", level: "warning", needs: [["service", "policies", "changedForKakao"]],
    source: { document: "design", section: "Terms: further changes to policies" },
    check: ({ consent }) => hitIf(consent.service?.policies?.changedForKakao === false, ["service", "policies", "changedForKakao"]),
  },
];

type PrivacyFact = "namesKakao" | "retention" | "entrusting";

function policyRule(id: string, fact: PrivacyFact, source: Rule["source"]): Rule {
  const at = ["service", "policies", "privacy", fact];
  return { ...policy, id, level: "warning", needs: [at], source, check: ({ consent }) => hitIf(consent.service?.policies?.privacy?.[fact] === false, at) };
}
