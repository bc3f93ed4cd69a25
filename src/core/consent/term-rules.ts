import { findTerm, hitIf, isHttps, isSameWhereSaid, listConsoleTerms, listOwnTerms, listReviewedTerms, nameTerm, type PlacedTerm, placeTerms } from "./look.ts";
import type { AuditInput, ConsentPath, Term } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

/** Of a simple sign-up (guide of 2019). No newer figure is published. */
const MOST_TERMS = 10;

const term = { who: "editor", stage: "before-review", menu: "simple-sign-up" } as const;
const entry = { document: "guide2019", section: "1. 약관 입력" } as const;
const evidence = { document: "guide2019", section: "2. 검수 증빙 서류 제출: 약관 제목/약관URL/약관조건" } as const;
const fixed = { document: "guide2019", section: "권한 선택하기: 간편가입 약관은 검수 완료 후 수정이 불가능" } as const;
const order = { document: "guide2019", section: "카카오 간편가입: 약관의 순서 및 내용을 변경하려면" } as const;
const ownTerms = [["service", "signUp", "terms"]];
const reviewedTerms = [["reviewed", "terms"], ["console", "terms"]];

/** Terms by themselves, against the review and against the service's own sign-up page. */
export const TERM_RULES: readonly Rule[] = [
  { ...term, id: "C-TERM-01", level: "error", source: entry, check: (input) => bothLists(input, (terms) => terms.slice(MOST_TERMS, MOST_TERMS + 1).map(({ at }) => ({ at, data: { count: terms.length } }))) },
  { ...term, id: "C-TERM-02", level: "error", source: entry, check: (input) => bothLists(input, (terms) => terms.filter((placed) => isEmpty(placed.term.tag)).map(say)) },
  {
    ...term, id: "C-TERM-03", level: "error", source: entry,
    check: (input) => bothLists(input, (terms) => terms.filter(({ term: { tag } }, at) => !isEmpty(tag) && terms.findIndex((other) => other.term.tag === tag) < at).map(say)),
  },
  { ...term, id: "C-TERM-04", level: "note", source: entry, check: (input) => bothLists(input, (terms) => terms.filter(({ term: { tag } }) => !isEmpty(tag) && !/^[a-z][a-z0-9-]*_\d{8}$/i.test(tag ?? "")).map(say)) },
  {
    ...term, id: "C-TERM-05", level: "error", source: entry,
    check: (input) => writtenLists(input, (terms) => terms.flatMap((placed) => (["ko", "en"] as const).filter((language) => isEmpty(placed.term.title?.[language])).map((language) => ({ ...say(placed), data: { language: language === "ko" ? "Korean" : "English" } })))),
  },
  { ...term, id: "C-TERM-06", level: "error", source: entry, check: (input) => writtenLists(input, (terms) => terms.filter((placed) => !isHttps(placed.term.url ?? "")).map(say)) },
  { ...term, id: "C-TERM-07", level: "error", stage: "after-approval", needs: (input) => [...reviewedTerms, ...each([...listWritten(input), ...listReviewedTerms(input)], "required")], source: fixed, check: (input) => compare(input, listReviewedTerms(input), (ours, theirs) => !isSameWhereSaid(ours.required, theirs.required)) },
  { ...term, id: "C-TERM-08", level: "error", stage: "after-approval", needs: reviewedTerms, source: fixed, check: (input) => compare(input, listReviewedTerms(input), hasOtherTitle) },
  { ...term, id: "C-TERM-09", level: "error", stage: "after-approval", needs: reviewedTerms, source: order, check: (input) => compareOrder(input, listReviewedTerms(input)) },
  { ...term, id: "C-TERM-10", level: "error", stage: "after-approval", needs: reviewedTerms, source: order, check: (input) => compare(input, listReviewedTerms(input), hasOtherText) },
  {
    ...term, id: "C-TERM-11", level: "error", stage: "after-approval", needs: reviewedTerms, source: fixed,
    check: (input) => (input.consent.reviewed?.terms === undefined ? [] : listConsoleTerms(input).filter((placed) => findTerm(listReviewedTerms(input), placed.term) === undefined).map(say)),
  },
  {
    ...term, id: "C-TERM-12", level: "warning", stage: "after-approval", needs: reviewedTerms, source: fixed,
    check: (input) => (knowsTerms(input) ? listReviewedTerms(input).filter((placed) => findTerm(listConsoleTerms(input), placed.term) === undefined).map(say) : []),
  },
  { ...term, id: "C-TERM-13", level: "error", needs: (input) => [...ownTerms, ...each(listOwnTerms(input), "required")], source: evidence, check: (input) => compare(input, listOwnTerms(input), (ours, theirs) => !isSameWhereSaid(ours.required, theirs.required)) },
  { ...term, id: "C-TERM-14", level: "error", needs: (input) => [...ownTerms, ...each(listOwnTerms(input), "title")], source: evidence, check: (input) => compare(input, listOwnTerms(input), hasOtherTitle) },
  { ...term, id: "C-TERM-15", level: "error", needs: (input) => [...ownTerms, ...each(listOwnTerms(input), "url")], source: evidence, check: (input) => compare(input, listOwnTerms(input), hasOtherText) },
  { ...term, id: "C-TERM-16", level: "note", needs: ownTerms, source: { document: "guide2019", section: "1. 약관입력: 등록 순으로 화면에 노출" }, check: (input) => compareOrder(input, listOwnTerms(input)) },
  {
    ...term, id: "C-TERM-17", level: "error", needs: ownTerms, source: evidence,
    check: (input) => (knowsTerms(input) && mayRegister(input) ? listOwnTerms(input).filter((placed) => placed.term.required === true && isUnknown(listConsoleTerms(input), placed.term)).map(say) : []),
  },
  {
    ...term, id: "C-TERM-18", level: "warning", needs: ownTerms, source: evidence,
    check: (input) => (input.consent.service?.signUp?.terms === undefined ? [] : listConsoleTerms(input).filter((placed) => isUnknown(listOwnTerms(input), placed.term)).map(say)),
  },
  {
    ...term, id: "C-TERM-19", level: "error", needs: (input) => [["console", "app", "company"], ...each(listWritten(input), "company")], source: { document: "guide2019", section: "1. 약관 입력: 약관 URL 내 회사명과 비즈 앱의 사업자정보" },
    check: (input) => {
      const company = input.consent.console?.app?.company;
      return bothLists(input, (terms) => terms.filter((placed) => !isSameWhereSaid(trim(placed.term.company), trim(company))).map((placed) => ({ ...say(placed), data: { company: company ?? "" } })));
    },
  },
  { ...term, id: "C-TERM-20", level: "error", needs: (input) => each(listWritten(input), "kind"), source: { document: "design", section: "What to register: Terms of Service" }, check: (input) => findAbsent(input, "terms-of-service") },
  { ...term, id: "C-TERM-21", level: "error", source: { document: "design", section: "What to register: Privacy Policy" }, check: (input) => findAbsent(input, "privacy") },
  {
    ...term, id: "C-TERM-22", level: "error", stage: "before-review", source: { document: "design", section: "Terms: register them after the review is passed" },
    check: (input) => hitIf((input.consent.console?.terms?.length ?? 0) > 0 && input.consent.application?.permissions?.terms !== undefined && !mayRegister(input), ["console", "terms"]),
  },
  {
    ...term, id: "C-TERM-23", level: "warning", source: { document: "networkAct", section: "Article 50 (1): explicit prior consent to advertising" },
    check: (input) => writtenLists(input, (terms) => terms.filter(({ term: { kind, required } }) => (kind === "marketing" || kind === "night-marketing") && required === true).map(say)),
  },
  {
    ...term, id: "C-TERM-24", level: "warning", needs: [["service", "advertising", "sends"]], source: { document: "networkAct", section: "Article 50 (1): explicit prior consent to advertising" },
    check: (input) => hitIf(input.consent.service?.advertising?.sends === true && lacksKind(input, "marketing"), ["service", "advertising", "sends"]),
  },
  {
    ...term, id: "C-TERM-25", level: "warning", needs: [["service", "advertising", "atNight"]], source: { document: "networkAct", section: "Article 50 (3): separate consent for 21:00 to 08:00" },
    check: (input) => hitIf(input.consent.service?.advertising?.atNight === true && lacksKind(input, "night-marketing"), ["service", "advertising", "atNight"]),
  },
  advertisingRule("C-TERM-26", "reconfirms", "Article 50 (8): telling of the consent every two years"),
  advertisingRule("C-TERM-27", "tellsResult", "Article 50 (7): telling the result within 14 days"),
];

function advertisingRule(id: string, fact: "reconfirms" | "tellsResult", section: string): Rule {
  const at = ["service", "advertising", fact];
  return {
    ...term, id, level: "warning", who: "service", stage: "before-launch", menu: "service", source: { document: "networkAct", section },
    needs: ({ consent }) => (consent.service?.advertising?.sends === true ? [at] : []),
    check: ({ consent }) => hitIf(consent.service?.advertising?.sends === true && consent.service.advertising[fact] === false, at),
  };
}

/** A kind of term that neither Kakao's screen nor the service's own page has. Silent where terms without a kind might be it. */
export function lacksKind(input: AuditInput, kind: Term["kind"]): boolean {
  const terms = [...listConsoleTerms(input), ...listOwnTerms(input)];
  return terms.length > 0 && terms.every((placed) => placed.term.kind !== undefined && placed.term.kind !== kind);
}

/** Terms of the console as they are, by Kakao's answer where the file leaves them out, and as they were reviewed. */
function bothLists(input: AuditInput, check: (terms: readonly PlacedTerm[]) => readonly Hit[]): Hit[] {
  return [listConsoleTerms(input), listReviewedTerms(input)].flatMap(check);
}

/** Terms as the file says that they are registered. */
function listWritten({ consent }: AuditInput): readonly PlacedTerm[] {
  return placeTerms(consent.console?.terms, ["console", "terms"]);
}

function each(terms: readonly PlacedTerm[], key: keyof Term): ConsentPath[] {
  return terms.map(({ at }) => [...at, key]);
}

/** As `bothLists`, without what only Kakao answered: titles and URLs are not in that answer. */
function writtenLists(input: AuditInput, check: (terms: readonly PlacedTerm[]) => readonly Hit[]): Hit[] {
  return [...(input.consent.console?.terms === undefined ? [] : check(listConsoleTerms(input))), ...check(listReviewedTerms(input))];
}

function say({ term: said, at }: PlacedTerm): Hit {
  return { at, item: nameTerm(said) };
}

function compare(input: AuditInput, others: readonly PlacedTerm[], differs: (ours: Term, theirs: Term) => boolean): Hit[] {
  return listConsoleTerms(input).filter((placed) => {
    const other = findTerm(others, placed.term);
    return other !== undefined && differs(placed.term, other.term);
  }).map(say);
}

/** One hit at the first term that stands elsewhere than in the other list, by the terms that both have. */
function compareOrder(input: AuditInput, others: readonly PlacedTerm[]): Hit[] {
  const ours = listConsoleTerms(input);
  const places = ours.map((placed) => ({ placed, other: findTerm(others, placed.term) })).flatMap(({ placed, other }) => (other === undefined ? [] : [{ placed, place: others.indexOf(other) }]));
  return places.filter(({ place }, at) => place < (places[at - 1]?.place ?? 0)).slice(0, 1).map(({ placed }) => say(placed));
}

function hasOtherTitle(ours: Term, theirs: Term): boolean {
  return (["ko", "en"] as const).some((language) => !isSameWhereSaid(trim(ours.title?.[language]), trim(theirs.title?.[language])));
}

function hasOtherText(ours: Term, theirs: Term): boolean {
  return !isSameWhereSaid(ours.url, theirs.url) || !isSameWhereSaid(ours.text, theirs.text);
}

function findAbsent(input: AuditInput, kind: Term["kind"]): Hit[] {
  const lists = [
    { terms: input.consent.console?.terms, at: ["console", "terms"] },
    { terms: input.consent.reviewed?.terms, at: ["reviewed", "terms"] },
  ];
  return lists.flatMap(({ terms, at }) => hitIf(terms !== undefined && (terms.length > 0 || mayRegister(input)) && !terms.some((said) => said.kind === kind), at));
}

/** Terms are registered only after their review is passed, now or earlier. */
function mayRegister({ consent: { application, reviewed } }: AuditInput): boolean {
  return application === undefined || application.permissions?.terms === "approved" || reviewed?.terms !== undefined;
}

function knowsTerms({ consent, live }: AuditInput): boolean {
  return consent.console?.terms !== undefined || live?.terms !== undefined;
}

/** Not among the others, although they say enough to tell: Kakao's answer has tags only, the service's page often has none. */
function isUnknown(others: readonly PlacedTerm[], wanted: Term): boolean {
  return findTerm(others, wanted) === undefined && others.every(({ term: other }) => (other.title ?? other.url) !== undefined) && (wanted.title ?? wanted.url) !== undefined;
}

function isEmpty(text: string | undefined): boolean {
  return trim(text) === undefined || trim(text) === "";
}

function trim(text: string | undefined): string | undefined {
  return text?.trim();
}
