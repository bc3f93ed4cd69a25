import { type Asked, isOn, listApplied, listConsoleItems } from "./look.ts";
import type { AuditInput, ConsentPath } from "./model.ts";
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
];

/** Only who asks for CI has to say where the service itself collects it. */
function needsVerification(input: AuditInput): readonly ConsentPath[] {
  return listWanted(input, "account_ci").some(({ consent }) => isOn(consent)) ? [["service", "signUp", "identityVerification"]] : [];
}

/** Where an item is asked for: in the application and in the console. */
function listWanted(input: AuditInput, id: string): { readonly consent: Asked; readonly at: ConsentPath }[] {
  return [...listApplied(input), ...listConsoleItems(input)].filter((wanted) => wanted.id === id);
}
