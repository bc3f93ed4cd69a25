import { findItem, needsReview } from "./items.ts";
import { type Asked, consoleConsent, hitIf, isOn, isRefusable, knowsConsoleItems, listConsoleItems, placeItems } from "./look.ts";
import type { AuditInput, Consent, Consents, ConsentPath } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

const consoleItems: ConsentPath = ["console", "items"];
const reviewedItems: ConsentPath = ["reviewed", "items"];
const item = { who: "editor", menu: "consent-items" } as const;

/** Consent items against the review, against their use, and CI. */
export const ITEM_RULES: readonly Rule[] = [
  {
    ...item, id: "C-ITEM-01", level: "warning", menu: "consent-file", stage: "before-review",
    source: { document: "api", section: "kakao_account; scope ids" },
    check: ({ consent: { application, reviewed, console, service, newItems } }) =>
      [
        ...Object.keys(application?.items ?? {}).map((id) => ({ id, at: ["application", "items", id] })),
        ...[...placeItems(reviewed?.items, reviewedItems), ...placeItems(console?.items, consoleItems), ...placeItems(service?.signUp?.items, ["service", "signUp", "items"])],
        ...Object.keys(service?.uses ?? {}).map((id) => ({ id, at: ["service", "uses", id] })),
      ].flatMap(({ id, at }) => (findItem(id) === undefined && !newItems.includes(id) ? [{ at, item: id }] : [])),
  },
  {
    ...item, id: "C-ITEM-02", level: "error", stage: "after-approval", needs: [consoleItems, reviewedItems],
    source: { document: "prerequisites", section: "4. Request for the permission" },
    check: (input) => compareWithReview(input, (asked, approved, id) => isOn(asked) && asked !== "required" && needsReview(id) && !isOn(approved)),
  },
  {
    ...item, id: "C-ITEM-03", level: "error", stage: "after-approval", needs: [consoleItems, reviewedItems],
    source: { document: "prerequisites", section: "Note: Re-review" },
    check: (input) => compareWithReview(input, (asked, approved) => asked === "required" && isRefusable(approved)),
  },
  {
    ...item, id: "C-ITEM-04", level: "warning", stage: "after-approval", needs: [consoleItems, reviewedItems],
    source: { document: "guide2019", section: "플러스친구 추가 설정: 검수 기준으로 설정을 다시 해야 함" },
    check: (input) =>
      !knowsConsoleItems(input)
        ? []
        : placeItems(input.consent.reviewed?.items, reviewedItems)
            .filter(({ id, consent }) => isOn(consent) && !isOn(consoleConsent(input, id)))
            .map(({ id, at }) => ({ at, item: id })),
  },
  {
    ...item, id: "C-ITEM-05", level: "error", stage: "after-approval", needs: [consoleItems, reviewedItems],
    source: { document: "design", section: "User information: items that need a review for required consent" },
    check: (input) => compareWithReview(input, (asked, approved, id) => asked === "required" && needsReview(id) && !isOn(approved)),
  },
  {
    ...item, id: "C-ITEM-06", level: "warning", stage: "after-approval", needs: [consoleItems, reviewedItems],
    source: { document: "guide2019", section: "플러스친구 추가 설정: 검수 기준으로 설정을 다시 해야 함" },
    check: (input) => compareWithReview(input, (asked, approved) => isRefusable(asked) && approved === "required"),
  },
  {
    ...item, id: "C-ITEM-07", level: "warning", menu: "permissions", stage: "before-review",
    source: { document: "prerequisites", section: "Note: Re-review" },
    check: ({ consent: { application, reviewed } }) =>
      reviewed?.items === undefined || application?.permissions?.items === "approved" || application?.permissions?.items === "submitted"
        ? []
        : Object.entries(application?.items ?? {})
            .filter(([id, { consent }]) => isStronger(consent, reviewed.items?.[id]) && (needsReview(id) || consent === "required"))
            .map(([id, { consent }]) => ({ at: ["application", "items", id], item: id, data: { to: consent, from: reviewed.items?.[id] ?? "off" } })),
  },
  {
    ...item, id: "C-ITEM-08", level: "note", stage: "after-approval",
    source: { document: "prerequisites", section: "Note: Re-review" },
    check: ({ consent: { application, reviewed } }) =>
      reviewed?.items === undefined || application?.permissions?.items !== "draft"
        ? []
        : Object.entries(application.items ?? {})
            .filter(([id, { consent }]) => isStronger(reviewed.items?.[id] ?? "off", consent))
            .map(([id, { consent }]) => ({ at: ["application", "items", id], item: id, data: { to: consent, from: reviewed.items?.[id] ?? "off" } })),
  },
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
      const asked = placeItems(mapConsents(input.consent.application?.items), ["application", "items"]);
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
    ...item, id: "C-ITEM-16", level: "error", menu: "permissions", stage: "before-review", needs: needsVerification,
    source: { document: "ciReview", section: "CI is granted under the condition under which the service itself collects it" },
    check: (input) => {
      const own = input.consent.service?.signUp?.identityVerification;
      return own === undefined ? [] : listWanted(input, "account_ci").filter(({ consent }) => consent === "required" && own !== "sign-up").map(({ at }) => ({ at, item: "account_ci", data: { own } }));
    },
  },
  {
    ...item, id: "C-ITEM-17", level: "error", menu: "permissions", stage: "before-review", needs: needsVerification,
    source: { document: "ciReview", section: "CI only where the service runs identity verification that collects it" },
    check: (input) =>
      input.consent.service?.signUp?.identityVerification === "none"
        ? listWanted(input, "account_ci").filter(({ consent }) => isOn(consent) && consent !== "required").map(({ at }) => ({ at, item: "account_ci" }))
        : [],
  },
  {
    ...item, id: "C-ITEM-18", level: "error", menu: "permissions", stage: "before-review",
    source: { document: "ciReview", section: "Mock-ups are not accepted for CI" },
    check: ({ consent: { application } }) => {
      if (!isOn(application?.items?.["account_ci"]?.consent)) return [];
      const proofs = (application?.documents ?? []).map((document, index) => ({ document, index })).filter(({ document }) => document.for === undefined || document.for.includes("account_ci"));
      const isLive = proofs.some(({ document }) => document.kind === "sign-up-form");
      const drawn = proofs.find(({ document }) => document.kind === "mock-up" || document.kind === "plan");
      return drawn === undefined || isLive ? [] : [{ at: ["application", "documents", drawn.index], item: "account_ci" }];
    },
  },
  {
    ...item, id: "C-ITEM-19", level: "error", stage: "before-review",
    source: { document: "prerequisites", section: "4. Request for the permission: at least one consent item" },
    check: (input) => {
      const { application, console } = input.consent;
      const asked = Object.values(application?.items ?? {});
      const none = (items: readonly { readonly consent: string }[]): boolean => items.every(({ consent }) => consent === "off");
      return [
        ...hitIf(application?.items !== undefined && none(asked), ["application", "items"]),
        ...hitIf(console !== undefined && knowsConsoleItems(input) && none(listConsoleItems(input)), consoleItems),
      ];
    },
  },
  {
    ...item, id: "C-ITEM-20", level: "error", menu: "permissions", stage: "before-review",
    source: { document: "api", section: "kakao_account: items for partners" },
    check: ({ consent: { application, reviewed } }) =>
      Object.entries(application?.items ?? {})
        .filter(([id, { consent }]) => isOn(consent) && findItem(id)?.review === "partner" && !isOn(reviewed?.items?.[id]))
        .map(([id]) => ({ at: ["application", "items", id], item: id })),
  },
  {
    ...item, id: "C-ITEM-21", level: "error", stage: "before-launch",
    source: { document: "callback", section: "Account status webhook: consent item for RISC and CAEP events" },
    check: ({ consent }) => hitIf(consent.console?.statusItem === "required", ["console", "statusItem"]),
  },
  {
    ...item, id: "C-ITEM-22", level: "warning", stage: "before-launch",
    source: { document: "api", section: "Split of the profile consent, 2021-06-25" },
    check: (input) =>
      listConsoleItems(input)
        .filter(({ id, consent }) => isOn(consent) && findItem(id)?.replacedBy !== undefined)
        .map(({ id, at }) => ({ at, item: id, data: { instead: findItem(id)?.replacedBy?.join(", ") ?? "" } })),
  },
  {
    ...item, id: "C-ITEM-23", level: "error", who: "owner", menu: "app-business", stage: "before-review",
    source: { document: "login", section: "Consent items: e-mail as required consent" },
    check: (input) =>
      input.consent.console?.app?.business === false
        ? listConsoleItems(input).filter(({ id, consent }) => consent === "required" && findItem(id)?.review === "business-for-required").map(({ id, at }) => ({ at, item: id }))
        : [],
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

function compareWithReview(input: AuditInput, isWrong: (asked: Asked, approved: Consent | undefined, id: string) => boolean): Hit[] {
  const { reviewed, application } = input.consent;
  const items = reviewed?.items ?? (application === undefined ? undefined : {});
  if (items === undefined) return [];
  return listConsoleItems(input)
    .filter(({ id, consent }) => isWrong(consent, items[id], id))
    .map(({ id, consent, at }) => ({ at, item: id, data: { now: consent, approved: items[id] ?? "off" } }));
}

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

/** Where an item is asked for: in the application and in the console. */
function listWanted(input: AuditInput, id: string): { readonly consent: Asked; readonly at: ConsentPath }[] {
  const asked = placeItems(mapConsents(input.consent.application?.items), ["application", "items"]);
  return [...asked, ...listConsoleItems(input)].filter((wanted) => wanted.id === id);
}

/** Only who asks for CI has to say where the service itself collects it. */
function needsVerification(input: AuditInput): readonly ConsentPath[] {
  return listWanted(input, "account_ci").some(({ consent }) => isOn(consent)) ? [["service", "signUp", "identityVerification"]] : [];
}

function mapConsents(items: Readonly<Record<string, { readonly consent: Consents[string] }>> | undefined): Consents {
  return Object.fromEntries(Object.entries(items ?? {}).map(([id, { consent }]) => [id, consent]));
}

function isStronger(left: Consent, right: Consent | undefined): boolean {
  const rank = (consent: Consent | undefined): number => (consent === "required" ? 2 : isOn(consent) ? 1 : 0);
  return rank(left) > rank(right);
}
