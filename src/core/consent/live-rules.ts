import { hitIf, isOn, isRefusable, placeItems, placeTerms } from "./look.ts";
import type { AuditInput, LiveFacts, LiveItem } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

const drift = { who: "editor", stage: "after-approval", menu: "consent-items" } as const;
const scopes = { document: "api", section: "Retrieve consent details: GET /v2/user/scopes" } as const;
const terms = { document: "api", section: "Retrieve service terms: GET /v2/user/service_terms" } as const;

/** Kakao's answers for linked users against the file. Silent without them. */
export const LIVE_RULES: readonly Rule[] = [
  {
    ...drift, id: "C-LIVE-01", level: "error", source: scopes,
    check: ({ consent, live }) => {
      const items = consent.console?.items;
      return items === undefined ? [] : listOn(live).filter(({ id }) => !isOn(items[id])).map(({ id }) => ({ at: ["console", "items", id], item: id }));
    },
  },
  {
    ...drift, id: "C-LIVE-02", level: "error", source: scopes,
    check: ({ consent, live }) =>
      live === undefined || live.sampled === 0
        ? []
        : placeItems(consent.console?.items, ["console", "items"]).filter(({ id, consent: said }) => isOn(said) && !listOn(live).some((other) => other.id === id)).map(({ id, at }) => ({ at, item: id })),
  },
  {
    ...drift, id: "C-LIVE-03", level: "error", source: scopes,
    check: ({ consent, live }) =>
      listOn(live).filter(({ id, revocable }) => consent.console?.items?.[id] === "required" && revocable > 0).map(({ id, revocable, agreed }) => ({ at: ["console", "items", id], item: id, data: { revocable, agreed } })),
  },
  {
    ...drift, id: "C-LIVE-04", level: "error", source: scopes,
    check: ({ consent, live }) =>
      listOn(live).filter(({ id, revocable, agreed }) => isRefusable(consent.console?.items?.[id]) && agreed > 0 && revocable === 0).map(({ id, agreed }) => ({ at: ["console", "items", id], item: id, data: { agreed } })),
  },
  {
    ...drift, id: "C-LIVE-05", level: "error", menu: "simple-sign-up", source: terms,
    check: ({ consent, live }) => {
      const said = consent.console?.terms;
      return said === undefined ? [] : (live?.terms ?? []).filter(({ tag }) => !said.some((other) => other.tag === tag)).map(({ tag }) => ({ at: ["console", "terms"], item: tag }));
    },
  },
  {
    ...drift, id: "C-LIVE-06", level: "error", menu: "simple-sign-up", source: terms,
    check: ({ consent, live }) => findTerms({ consent, live }, (_said, now) => now === undefined),
  },
  {
    ...drift, id: "C-LIVE-07", level: "error", menu: "simple-sign-up", source: terms,
    check: ({ consent, live }) => findTerms({ consent, live }, (said, now) => now !== undefined && said.required !== undefined && said.required !== now.required),
  },
  {
    ...drift, id: "C-LIVE-08", level: "warning", who: "service", menu: "service", stage: "before-launch", source: { document: "ciAbsent", section: "consented, required and yet empty" },
    check: (input) =>
      listOn(input.live)
        .filter((item) => isRequired(input, item) && item.withValue !== undefined && item.withValue < item.agreed)
        .map((item) => ({ at: ["console", "items", item.id], item: item.id, data: { empty: item.agreed - (item.withValue ?? 0), agreed: item.agreed } })),
  },
  {
    ...drift, id: "C-LIVE-09", level: "note", who: "service", menu: "service", stage: "before-launch", source: { document: "design", section: "Mapping users: Kakao Login users from before Kakao Sync" },
    check: ({ live }) => (live === undefined ? [] : hitIf(live.kakaoSyncUsers < live.sampled, ["console"], { older: live.sampled - live.kakaoSyncUsers, sampled: live.sampled })),
  },
  {
    ...drift, id: "C-LIVE-10", level: "warning", who: "service", menu: "service", stage: "before-launch", source: terms,
    check: ({ live }) =>
      (live?.terms ?? []).filter(({ required, agreed }) => required && agreed < (live?.sampled ?? 0)).map(({ tag, agreed }) => ({ at: ["console", "terms"], item: tag, data: { lacking: (live?.sampled ?? 0) - agreed, sampled: live?.sampled ?? 0 } })),
  },
  {
    ...drift, id: "C-LIVE-11", level: "warning", who: "service", menu: "configuration", source: scopes,
    check: ({ live }) => hitIf(live?.sampled === 0, ["console"]),
  },
  {
    ...drift, id: "C-LIVE-12", level: "warning", stage: "before-launch", source: scopes,
    check: (input) =>
      listOn(input.live)
        .filter((item) => isRequired(input, item) && item.agreed < (input.live?.sampled ?? 0))
        .map((item) => ({ at: ["console", "items", item.id], item: item.id, data: { lacking: (input.live?.sampled ?? 0) - item.agreed, sampled: input.live?.sampled ?? 0 } })),
  },
];

function listOn(live: LiveFacts | undefined): readonly LiveItem[] {
  return (live?.items ?? []).filter(({ using }) => using);
}

/** Required by the file, or where it leaves items out, by Kakao: nobody who agreed may withdraw. */
function isRequired({ consent }: AuditInput, { id, agreed, revocable }: LiveItem): boolean {
  const items = consent.console?.items;
  return items === undefined ? agreed > 0 && revocable === 0 : items[id] === "required";
}

function findTerms({ consent, live }: Pick<AuditInput, "consent" | "live">, isWrong: (said: { readonly required?: boolean | undefined }, now: { readonly required: boolean } | undefined) => boolean): Hit[] {
  const now = live?.terms;
  if (now === undefined) return [];
  return placeTerms(consent.console?.terms, ["console", "terms"])
    .filter(({ term: { tag, required } }) => tag !== undefined && isWrong({ required }, now.find((other) => other.tag === tag)))
    .map(({ term: { tag = "" }, at }) => ({ at, item: tag }));
}
