import { findItem, needsReview } from "./items.ts";
import { type Asked, consoleConsent, hitIf, isOn, isRefusable, knowsConsoleItems, listConsoleItems, placeItems } from "./look.ts";
import type { AuditInput, Consent, ConsentPath } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

const consoleItems: ConsentPath = ["console", "items"];
const reviewedItems: ConsentPath = ["reviewed", "items"];
const item = { who: "editor", menu: "consent-items" } as const;

/** Consent items against what Kakao offers and what it reviewed. */
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
];

function compareWithReview(input: AuditInput, isWrong: (asked: Asked, approved: Consent | undefined, id: string) => boolean): Hit[] {
  const { reviewed, application } = input.consent;
  const items = reviewed?.items ?? (application === undefined ? undefined : {});
  if (items === undefined) return [];
  return listConsoleItems(input)
    .filter(({ id, consent }) => isWrong(consent, items[id], id))
    .map(({ id, consent, at }) => ({ at, item: id, data: { now: consent, approved: items[id] ?? "off" } }));
}

function isStronger(left: Consent, right: Consent | undefined): boolean {
  const rank = (consent: Consent | undefined): number => (consent === "required" ? 2 : isOn(consent) ? 1 : 0);
  return rank(left) > rank(right);
}
