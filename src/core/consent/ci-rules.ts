import { type Asked, hitIf, isOn, listApplied, listConsoleItems } from "./look.ts";
import type { AuditInput, CiHandling, ConsentPath } from "./model.ts";
import type { Rule } from "./rule.ts";

const ci = { who: "editor", menu: "permissions", stage: "before-review" } as const;

/** CI is granted only as the service itself collects it. */
export const CI_RULES: readonly Rule[] = [
  {
    ...ci, id: "C-ITEM-16", level: "error", needs: needsVerification,
    source: { document: "ciReview", section: "CI is granted under the condition under which the service itself collects it" },
    check: (input) => {
      const own = input.consent.service?.signUp?.identityVerification;
      return own === undefined ? [] : listWanted(input, "account_ci").filter(({ consent }) => consent === "required" && own !== "sign-up").map(({ at }) => ({ at, item: "account_ci", data: { own } }));
    },
  },
  {
    ...ci, id: "C-ITEM-17", level: "error", needs: needsVerification,
    source: { document: "ciReview", section: "CI only where the service runs identity verification that collects it" },
    check: (input) =>
      input.consent.service?.signUp?.identityVerification === "none"
        ? listWanted(input, "account_ci").filter(({ consent }) => isOn(consent) && consent !== "required").map(({ at }) => ({ at, item: "account_ci" }))
        : [],
  },
  {
    ...ci, id: "C-ITEM-18", level: "error",
    source: { document: "ciReview", section: "Mock-ups are not accepted for CI" },
    check: ({ consent: { application } }) => {
      if (!isOn(application?.items?.["account_ci"]?.consent) || application?.permissions?.items === "approved") return [];
      const proofs = (application?.documents ?? []).map((document, index) => ({ document, index })).filter(({ document }) => document.for === undefined || document.for.includes("account_ci"));
      const isLive = proofs.some(({ document }) => document.kind === "sign-up-form");
      const drawn = proofs.find(({ document }) => document.kind === "mock-up" || document.kind === "plan");
      return drawn === undefined || isLive ? [] : [{ at: ["application", "documents", drawn.index], item: "account_ci" }];
    },
  },
  handlingRule("C-ITEM-27", "error", "onlyCompared", { document: "ciReview", section: "CI is for comparing members only" }),
  handlingRule("C-ITEM-28", "error", "destroyed", { document: "ciReview", section: "Data are destroyed when their purpose is met" }),
  // Whether a shop that has CIs from Kakao falls under this article is open: hence a warning.
  handlingRule("C-ITEM-29", "warning", "guarded", { document: "networkAct", section: "Article 23-6 (2) and Decree, article 13 (2): guarding CI" }),
];

function handlingRule(id: string, level: Rule["level"], fact: keyof CiHandling, source: Rule["source"]): Rule {
  const at = ["service", "ci", fact];
  return {
    ...ci, id, level, who: "service", stage: "before-launch", menu: "service", source,
    needs: (input) => (wantsCi(input) ? [at] : []),
    check: (input) => hitIf(wantsCi(input) && input.consent.service?.ci?.[fact] === false, at),
  };
}

function wantsCi(input: AuditInput): boolean {
  return listWanted(input, "account_ci").some(({ consent }) => isOn(consent));
}

/** Only who asks for CI has to say where the service itself collects it. */
function needsVerification(input: AuditInput): readonly ConsentPath[] {
  return wantsCi(input) ? [["service", "signUp", "identityVerification"]] : [];
}

/** Where an item is asked for: in the application and in the console. */
function listWanted(input: AuditInput, id: string): { readonly consent: Asked; readonly at: ConsentPath }[] {
  return [...listApplied(input), ...listConsoleItems(input)].filter((wanted) => wanted.id === id);
}
