import { findItem, needsReview } from "./items.ts";
import { type Asked, consoleConsent, isOn, isRefusable, knowsConsoleItems, listApplied, listConsoleItems, placeItems } from "./look.ts";
import type { AuditInput, ConsentPath } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

const consoleItems: ConsentPath = ["console", "items"];
const reviewedItems: ConsentPath = ["reviewed", "items"];
const item = { who: "editor", menu: "consent-items" } as const;

/** Consent items against what the configuration and the service use them for. */
export const USE_RULES: readonly Rule[] = [
  {
    ...item, id: "C-ITEM-09", level: "error", stage: "before-launch", needs: [consoleItems],
    source: { document: "design", section: "Mapping users: comparing by CI, phone number, e-mail" },
    check: (input) => checkConfiguredUses(input, (asked) => !isOn(asked)),
  },
  {
    ...item, id: "C-ITEM-10", level: "warning", stage: "before-launch", needs: [consoleItems],
    source: { document: "prerequisites", section: "Note: User information (optional consent)" },
    check: (input) => checkConfiguredUses(input, isRefusable),
  },
  {
    ...item, id: "C-ITEM-11", level: "error", stage: "before-launch", needs: [["service", "uses"]],
    source: { document: "prerequisites", section: "Note: User information (optional consent)" },
    check: (input) =>
      knowsConsoleItems(input)
        ? Object.entries(input.consent.service?.uses ?? {})
            .filter(([id, use]) => use.essential === true && !["required", "unknown"].includes(consoleConsent(input, id) ?? "off") && !isAppliedFor(input, id))
            .map(([id]) => ({ at: ["service", "uses", id], item: id, data: { now: consoleConsent(input, id) ?? "off" } }))
        : [],
  },
  {
    ...item, id: "C-ITEM-12", level: "warning", stage: "before-launch", needs: [["service", "uses"]],
    source: { document: "design", section: "Figure out which user information your service can use" },
    check: (input) => {
      const { uses, signUp } = input.consent.service ?? {};
      if (uses === undefined) return [];
      const isUsed = (id: string): boolean => Object.hasOwn(uses, id) || isOn(signUp?.items?.[id]) || input.uses.some((use) => use.item === id);
      return listConsoleItems(input).filter(({ id, consent }) => isOn(consent) && !isUsed(id)).map(({ id, at }) => ({ at, item: id }));
    },
  },
  {
    ...item, id: "C-ITEM-13", level: "warning", menu: "permissions", stage: "before-review", needs: [["service", "offers"]],
    source: { document: "prerequisites", section: "4. Request for the permission: unclear or inappropriate purpose" },
    check: (input) => {
      const { offers } = input.consent.service ?? {};
      const asked = listApplied(input);
      const items = [...asked, ...listConsoleItems(input).filter(({ id }) => !asked.some((other) => other.id === id))];
      return offers === undefined
        ? []
        : items
            .filter(({ id, consent }) => isOn(consent) && findItem(id)?.fits?.some((offer) => offers.includes(offer)) === false)
            .map(({ id, at }) => ({ at, item: id, data: { fits: findItem(id)?.fits?.join(" or ") ?? "" } }));
    },
  },
  {
    ...item, id: "C-ITEM-14", level: "note", who: "service", menu: "service", stage: "before-launch",
    source: { document: "design", section: "Information that Kakao does not hold" },
    check: ({ consent }) => (consent.service?.signUp?.further ?? []).map((field, at) => ({ at: ["service", "signUp", "further", at], data: { field } })),
  },
  {
    ...item, id: "C-ITEM-15", level: "error", who: "service", menu: "service", stage: "before-launch", needs: [["service", "signUp", "memberId"]],
    source: { document: "design", section: "Mapping users: e-mail and phone number may change" },
    check: ({ consent }) => {
      const id = consent.service?.signUp?.memberId;
      return id === "account_email" || id === "phone_number" ? [{ at: ["service", "signUp", "memberId"], item: id }] : [];
    },
  },
  {
    ...item, id: "C-ITEM-24", level: "warning", who: "service", menu: "service", stage: "before-launch", needs: [["service", "signUp", "asksForMissing"]],
    source: { document: "prerequisites", section: "Caution: Unable to provide required consent items for user information" },
    check: (input) =>
      input.consent.service?.signUp?.asksForMissing === false
        ? listConsoleItems(input).filter(({ id, consent }) => consent === "required" && needsReview(id)).slice(0, 1).map(({ id }) => ({ at: ["service", "signUp", "asksForMissing"], item: id }))
        : [],
  },
  {
    ...item, id: "C-ITEM-25", level: "warning", stage: "before-launch", needs: [["service", "uses"], consoleItems],
    source: { document: "design", section: "Figure out which user information your service can use" },
    check: (input) =>
      knowsConsoleItems(input)
        ? Object.entries(input.consent.service?.uses ?? {})
            .filter(([id, { essential }]) => essential !== true && !isOn(consoleConsent(input, id)) && !isOn(input.consent.application?.items?.[id]?.consent))
            .map(([id]) => ({ at: ["service", "uses", id], item: id }))
        : [],
  },
  {
    ...item, id: "C-ITEM-26", level: "warning", who: "service", menu: "service", stage: "before-launch", needs: [["service", "signUp", "items"]],
    source: { document: "ciReview", section: "Items are granted as the service's own sign-up collects them" },
    check: ({ consent: { reviewed, service } }) => {
      const form = service?.signUp?.items;
      return form === undefined
        ? []
        : placeItems(reviewed?.items, reviewedItems)
            .filter(({ id, consent }) => consent === "required" && form[id] !== "required")
            .map(({ id }) => ({ at: ["service", "signUp", "items", id], item: id, data: { form: form[id] ?? "off" } }));
    },
  },
];

function checkConfiguredUses(input: AuditInput, isWrong: (asked: Asked | undefined) => boolean): Hit[] {
  if (!knowsConsoleItems(input)) return [];
  return input.uses
    .filter((use) => isWrong(consoleConsent(input, use.item)))
    .map((use) => ({ at: ["console", "items", use.item], item: use.item, data: { by: use.by, now: consoleConsent(input, use.item) ?? "off" } }));
}

/** The console can be set only after the approval that is still to come. */
function isAppliedFor({ consent: { application } }: AuditInput, id: string): boolean {
  return application?.permissions?.items !== "approved" && application?.items?.[id]?.consent === "required";
}
