import { isApproved, isBlank, isPending, isUndecided, listRequested } from "./applied.ts";
import { addBusinessDays } from "./days.ts";
import { hitIf, isOn } from "./look.ts";
import type { Rule } from "./rule.ts";

/** Of a reason for collecting (guide of 2019, 수집 사유 입력). */
const PURPOSE_CHARACTERS = 400;
/** Business days that a review takes. */
const REVIEW_DAYS = { least: 3, most: 5 } as const;

const application = { who: "editor", stage: "before-review", menu: "permissions" } as const;

/** Reasons, states and dates of the application, and whether it fits the form and the uses. */
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

/** In characters as people count them, not in UTF-16 units. */
function lengthOf(text: string | undefined): number {
  return [...(text ?? "")].length;
}
