import { addBusinessDays, addMonths } from "./days.ts";
import { findItem } from "./items.ts";
import { hitIf, isHttps, isOn, listConsoleItems, placeItems } from "./look.ts";
import type { Application, AuditInput, ConsentPath, DocumentKind, ReviewDocument } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

/** Of a reason for collecting (guide of 2019, 수집 사유 입력). */
const PURPOSE_CHARACTERS = 400;
/** Of a document of evidence. */
const DOCUMENT_BYTES = 10 * 1024 * 1024;
const CERTIFICATE_MONTHS = 3;
/** Business days that a review takes. */
const REVIEW_DAYS = { least: 3, most: 5 } as const;

const business: readonly DocumentKind[] = ["business-registration", "employment-or-identity", "mail-order", "medical-devices", "health-food"];
const documents: ConsentPath = ["application", "documents"];
const application = { who: "editor", stage: "before-review", menu: "permissions" } as const;
const evidence = { document: "guide2019", section: "2. 검수 증빙 서류 제출" } as const;
const certificates = { document: "guide2019", section: "플러스친구 비즈니스 인증: 서류 첨부" } as const;
const policy = { document: "guide2019", section: "3. 추가 서류 제출: 회사 개인정보 처리 방침 URL" } as const;

/** What is handed in: reasons, documents, the privacy policy. Silent once the items are approved. */
export const APPLICATION_RULES: readonly Rule[] = [
  {
    ...application, id: "C-APP-01", level: "error", source: { document: "prerequisites", section: "4. Request for the permission: Reason for Collection" },
    check: (input) => listRequested(input).filter(({ purpose }) => isBlank(purpose)).map(({ id, at }) => ({ at, item: id })),
  },
  {
    ...application, id: "C-APP-02", level: "error", source: { document: "guide2019", section: "2. 수집 사유 입력" },
    check: ({ consent }) => {
      const general = consent.application?.purpose;
      const own = Object.entries(consent.application?.items ?? {}).map(([id, { purpose }]) => ({ at: ["application", "items", id, "purpose"], item: id, length: lengthOf(purpose) }));
      return [
        ...hitIf(lengthOf(general) > PURPOSE_CHARACTERS, ["application", "purpose"], { item: "purpose", length: lengthOf(general) }),
        ...own.filter(({ length }) => length > PURPOSE_CHARACTERS).map(({ at, item, length }) => ({ at, item, data: { length } })),
      ];
    },
  },
  {
    ...application, id: "C-APP-03", level: "error", source: { document: "prerequisites", section: "4. Request for the permission: confirmation document" },
    check: (input) => {
      const requested = listRequested(input);
      const proves = (id: string): boolean => listDocuments(input).some(({ document }) => ["sign-up-form", "mock-up", "plan"].includes(document.kind) && (document.for?.includes(id) ?? true));
      return requested.filter(({ id }) => !proves(id)).map(({ id }) => ({ at: documents, item: id }));
    },
  },
  {
    ...application, id: "C-APP-04", level: "error", source: evidence,
    check: (input) =>
      hitIf(isOpen(input.consent.application?.permissions?.terms) && !listDocuments(input).some(({ document }) => document.kind === "terms-screen"), documents),
  },
  {
    ...application, id: "C-APP-05", level: "error", source: evidence,
    check: (input) => listDocuments(input).filter(({ document }) => !business.includes(document.kind) && !/\.(jpe?g|png|pdf)$/i.test(document.file)).map(nameDocument),
  },
  {
    ...application, id: "C-APP-06", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    check: (input) => listDocuments(input).filter(({ document }) => business.includes(document.kind) && !/\.(jpe?g|png)$/i.test(document.file)).map(nameDocument),
  },
  {
    ...application, id: "C-APP-07", level: "error", source: evidence, needs: (input) => listDocuments(input).map(({ at }) => [...at, "size"]),
    check: (input) => listDocuments(input).filter(({ document }) => (document.size ?? 0) > DOCUMENT_BYTES).map(nameDocument),
  },
  {
    ...application, id: "C-APP-08", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => listDocuments(input).filter(({ document }) => business.includes(document.kind)).map(({ at }) => [...at, "issued"]),
    check: (input) => {
      const day = input.consent.application?.submitted ?? input.today;
      return listDocuments(input)
        .filter(({ document }) => business.includes(document.kind) && document.issued !== undefined && addMonths(document.issued, CERTIFICATE_MONTHS) < day)
        .map((placed) => ({ ...nameDocument(placed), data: { document: placed.document.kind, issued: placed.document.issued ?? "", day } }));
    },
  },
  {
    ...application, id: "C-APP-09", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => (isUndecided(input) && !hasChannel(input) ? [["service", "trades"]] : []),
    check: (input) =>
      listMissing(input, [...(hasChannel(input) ? [] : (["business-registration", "employment-or-identity"] as const)), ...(hasChannel(input) ? [] : (input.consent.service?.trades ?? []))]),
  },
  {
    ...application, id: "C-APP-10", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => listDocuments(input).filter(({ document }) => document.kind === "employment-or-identity").map(({ at }) => [...at, "masked"]),
    check: (input) => listDocuments(input).filter(({ document }) => document.kind === "employment-or-identity" && document.masked === false).map(nameDocument),
  },
  {
    ...application, id: "C-APP-11", level: "error", source: evidence,
    check: (input) => {
      const all = listDocuments(input).filter(({ document }) => document.kind === "terms-screen");
      return all.filter(({ document }, at) => all.findIndex((other) => isForSame(other.document, document)) < at).map(nameDocument);
    },
  },
  {
    ...application, id: "C-APP-12", level: "warning", source: { document: "prerequisites", section: "4. Request for the permission: plan or design mockup instead" },
    check: (input) =>
      isBlank(input.consent.service?.signUp?.url) ? [] : listDocuments(input).filter(({ document }) => document.kind === "mock-up" || document.kind === "plan").map(nameDocument),
  },
  {
    ...application, id: "C-APP-13", level: "error", needs: [["service", "signUp", "items"]], source: { document: "guide2019", section: "3. 추가 서류 제출: 개인정보 항목 입력화면" },
    check: (input) => {
      const form = input.consent.service?.signUp?.items;
      const { service } = input.consent;
      return form === undefined ? [] : listRequested(input)
        .filter(({ id, consent }) => (consent === "required" ? form[id] !== "required" : !isOn(form[id]) && service?.uses?.[id]?.at !== "use"))
        .map(({ id, at, consent }) => ({ at, item: id, data: { asked: consent, form: form[id] ?? "off" } }));
    },
  },
  {
    ...application, id: "C-APP-14", level: "warning", needs: [["service", "uses"]], source: { document: "prerequisites", section: "4. Request for the permission: scope of information utilization" },
    check: (input) => {
      const uses = input.consent.service?.uses;
      return uses === undefined ? [] : listRequested(input).filter(({ id }) => !Object.hasOwn(uses, id)).map(({ id, at }) => ({ at, item: id }));
    },
  },
  {
    ...application, id: "C-APP-15", level: "error", needs: [["service", "uses"]], source: { document: "prerequisites", section: "Note: User information (optional consent)" },
    check: (input) => listRequested(input).filter(({ id, consent }) => consent !== "required" && input.consent.service?.uses?.[id]?.essential === true).map(({ id, at, consent }) => ({ at, item: id, data: { asked: consent } })),
  },
  {
    ...application, id: "C-APP-16", level: "error", who: "service", menu: "service", needs: [["service", "policies", "privacyUrl"]], source: policy,
    check: ({ consent }) => {
      const url = consent.service?.policies?.privacyUrl;
      return hitIf(url !== undefined && !isHttps(url), ["service", "policies", "privacyUrl"]);
    },
  },
  {
    ...application, id: "C-APP-17", level: "error", who: "service", menu: "service", needs: [["service", "policies", "privacy", "items"]], source: policy,
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
    ...application, id: "C-APP-21", level: "warning", who: "service", menu: "service", needs: [["service", "policies", "changedForKakao"]],
    source: { document: "design", section: "Terms: further changes to policies" },
    check: ({ consent }) => hitIf(consent.service?.policies?.changedForKakao === false, ["service", "policies", "changedForKakao"]),
  },
  {
    ...application, id: "C-APP-22", level: "error", needs: (input) => (isUndecided(input) ? [["application", "launch"]] : []), source: { document: "prerequisites", section: "4. Request for the permission: 3 to 5 business days" },
    check: ({ consent, today }) => {
      const { launch, submitted, holidays = [], permissions } = consent.application ?? {};
      if (launch === undefined || isApproved(permissions)) return [];
      const start = submitted !== undefined && submitted > today ? submitted : isPending(permissions) ? (submitted ?? today) : today;
      const expected = addBusinessDays(start, REVIEW_DAYS.most, holidays);
      const latest = expected < today ? today : expected;
      return hitIf(latest >= launch, ["application", "launch"], { launch, earliest: addBusinessDays(start, REVIEW_DAYS.least, holidays), latest });
    },
  },
  {
    ...application, id: "C-APP-23", level: "warning", needs: ({ consent }) => (isPending(consent.application?.permissions) ? [["application", "submitted"]] : []), source: { document: "prerequisites", section: "4. Request for the permission: 3 to 5 business days" },
    check: ({ consent, today }) => {
      const { submitted, holidays = [], permissions } = consent.application ?? {};
      if (submitted === undefined || !isPending(permissions)) return [];
      const latest = addBusinessDays(submitted, REVIEW_DAYS.most, holidays);
      return hitIf(today > latest, ["application", "submitted"], { submitted, latest });
    },
  },
  {
    ...application, id: "C-APP-24", level: "error", source: { document: "prerequisites", section: "4. Request for the permission: reapply when rejected" },
    check: ({ consent: { application: asked } }) =>
      (["terms", "items"] as const).filter((what) => asked?.permissions?.[what] === "rejected").map((what) => ({ at: ["application", "permissions", what], data: { what } })),
  },
  {
    ...application, id: "C-APP-25", level: "warning", menu: "consent-file", source: { document: "guide2019", section: "카카오싱크 신청: 권한 요청은 반려 되었습니다" },
    check: ({ consent: { application: asked } }) => hitIf(Object.values(asked?.permissions ?? {}).includes("rejected") && isBlank(asked?.rejection), ["application", "rejection"]),
  },
  {
    ...application, id: "C-APP-26", level: "warning", needs: [["application", "permissions", "terms"], ["application", "permissions", "items"]], source: { document: "guide2019", section: "권한 선택하기: (1) 약관 검수 (2) 개인정보제공 항목 검수" },
    check: ({ consent: { application: asked } }) => {
      const { terms, items } = asked?.permissions ?? {};
      return hitIf(terms !== undefined && items !== undefined && terms !== items, ["application", "permissions"], { terms: terms ?? "", items: items ?? "" });
    },
  },
  {
    ...application, id: "C-APP-27", level: "error", menu: "consent-file", source: { document: "own", section: "dates of the application" },
    check: ({ consent: { application: asked }, today }) => {
      const { submitted, decided, permissions } = asked ?? {};
      return [
        ...hitIf(submitted !== undefined && decided !== undefined && decided < submitted, ["application", "decided"], { date: decided ?? "" }),
        ...hitIf(decided !== undefined && decided > today, ["application", "decided"], { date: decided ?? "" }),
        ...hitIf(submitted !== undefined && submitted > today && Object.values(permissions ?? {}).some((state) => state !== "draft"), ["application", "submitted"], { date: submitted ?? "" }),
      ].slice(0, 1);
    },
  },
  {
    ...application, id: "C-APP-28", level: "warning", stage: "after-approval", menu: "consent-file", source: { document: "guide2019", section: "권한 선택하기: 검수 완료된 내용은 수정이 불가능합니다" },
    check: ({ consent: { application: asked, reviewed } }) =>
      asked?.permissions?.items !== "approved" || reviewed?.items === undefined
        ? []
        : Object.entries(asked.items ?? {})
            .filter(([id, { consent }]) => (reviewed.items?.[id] ?? "off") !== consent)
            .map(([id, { consent }]) => ({ at: ["application", "items", id], item: id, data: { asked: consent, approved: reviewed.items?.[id] ?? "off" } })),
  },
];

type PrivacyFact = "namesKakao" | "retention" | "entrusting";

function policyRule(id: string, fact: PrivacyFact, source: Rule["source"]): Rule {
  const at = ["service", "policies", "privacy", fact];
  return { ...application, id, level: "warning", who: "service", menu: "service", needs: [at], source, check: ({ consent }) => hitIf(consent.service?.policies?.privacy?.[fact] === false, at) };
}

/** Items that are applied for and not approved yet, with their reasons. */
function listRequested({ consent }: AuditInput): { id: string; consent: "required" | "optional" | "in-use"; purpose: string | undefined; at: ConsentPath }[] {
  const { items, purpose: general, permissions } = consent.application ?? {};
  if (permissions?.items === "approved") return [];
  return Object.entries(items ?? {}).flatMap(([id, { consent: asked, purpose }]) => (asked === "off" ? [] : [{ id, consent: asked, purpose: purpose ?? general, at: ["application", "items", id] }]));
}

interface PlacedDocument {
  readonly document: ReviewDocument;
  readonly at: ConsentPath;
}

/** Documents of an application that is still open. */
function listDocuments({ consent: { application: asked } }: AuditInput): PlacedDocument[] {
  return isApproved(asked?.permissions) ? [] : (asked?.documents ?? []).map((document, index) => ({ document, at: [...documents, index] }));
}

function nameDocument({ document, at }: PlacedDocument): Hit {
  return { at, data: { document: document.kind } };
}

function listMissing(input: AuditInput, wanted: readonly DocumentKind[]): Hit[] {
  if (!isUndecided(input)) return [];
  const there = listDocuments(input).map(({ document }) => document.kind);
  return wanted.filter((kind) => !there.includes(kind)).map((kind) => ({ at: documents, data: { document: kind } }));
}

function isUndecided({ consent: { application: asked } }: AuditInput): boolean {
  return asked !== undefined && !isApproved(asked.permissions);
}

/** The channel is a business channel already: its certificates were looked at. */
function hasChannel({ consent }: AuditInput): boolean {
  return consent.console?.channels?.some(({ business: isBusiness }) => isBusiness === true) ?? false;
}

function isForSame(left: ReviewDocument, right: ReviewDocument): boolean {
  return (left.for ?? []).join() === (right.for ?? []).join();
}

function isApproved(permissions: Application["permissions"]): boolean {
  return permissions?.items === "approved" && permissions.terms === "approved";
}

function isPending(permissions: Application["permissions"]): boolean {
  return permissions?.items === "submitted" || permissions?.terms === "submitted";
}

function isOpen(state: string | undefined): boolean {
  return state === "draft" || state === "submitted" || state === "rejected";
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** In characters as people count them, not in UTF-16 units. */
function lengthOf(text: string | undefined): number {
  return [...(text ?? "")].length;
}
