import { findItem, needsReview } from "./items.ts";
import { findTerm, isOn, placeItems, placeTerms } from "./look.ts";
import type { Consent, ConsentFile, ConsentPath, Consents, Term } from "./model.ts";

/** What changed between two consent files, of what Kakao reviews or shows to users. */
export interface ConsentChange {
  readonly kind: "item-added" | "item-removed" | "item-stronger" | "item-weaker" | "item-stage" | "term-added" | "term-removed" | "term-flag" | "term-title" | "term-text" | "term-order" | "age-term";
  /** A scope id, or the tag or title of a term; absent for what concerns all of them. */
  readonly item?: string;
  readonly from: string;
  readonly to: string;
  /** Kakao wants a new review for it. `business`: a business app, but no review. */
  readonly review: "yes" | "no" | "business";
  /** Where it stands in the new file, or in the old one when it is gone. */
  readonly at: ConsentPath;
}

/**
 * What changed from one file to another, in the order of the new one. Compared is what is set or wanted: the console's values, where a
 * file has none those of the application, then what was reviewed. Switching off and required to optional need no review (Prerequisites,
 * Note: Re-review); new items and the reverse do. Terms cannot be altered after their review (guide of 2019): each change of one does.
 */
export function diffConsent(before: ConsentFile, after: ConsentFile): ConsentChange[] {
  return [...diffItems(before, after), ...diffTerms(before, after), ...diffAge(before, after)];
}

function diffItems(before: ConsentFile, after: ConsentFile): ConsentChange[] {
  const [left, right] = [wantedItems(before), wantedItems(after)];
  const gone = placeItems(left.items, left.at).filter(({ id }) => !Object.hasOwn(right.items, id)).map(({ id, at }) => ({ id, at }));
  return [...placeItems(right.items, right.at), ...gone].flatMap(({ id, at }) => {
    const [from, to] = [left.items[id] ?? "off", right.items[id] ?? "off"];
    return from === to ? [] : [{ kind: kindOf(from, to), item: id, from, to, review: reviewOf(id, from, to), at }];
  });
}

function kindOf(from: Consent, to: Consent): ConsentChange["kind"] {
  if (!isOn(from)) return "item-added";
  if (!isOn(to)) return "item-removed";
  if (to === "required") return "item-stronger";
  return from === "required" ? "item-weaker" : "item-stage";
}

function reviewOf(id: string, from: Consent, to: Consent): ConsentChange["review"] {
  const adds = !isOn(from) || (to === "required" && from !== "required");
  if (!isOn(to) || !adds) return "no";
  if (needsReview(id)) return "yes";
  return findItem(id)?.review === "business-for-required" && to === "required" ? "business" : "no";
}

function diffTerms(before: ConsentFile, after: ConsentFile): ConsentChange[] {
  const [left, right] = [wantedTerms(before), wantedTerms(after)];
  const removed = left.filter(({ term }) => findTerm(right, term) === undefined).map(({ term, at }) => change("term-removed", term, "on", "off", at));
  const kept = right.flatMap(({ term, at }) => {
    const old = findTerm(left, term)?.term;
    if (old === undefined) return [change("term-added", term, "off", "on", at)];
    const facts = [["term-flag", flagOf(old), flagOf(term)], ["term-title", titleOf(old), titleOf(term)], ["term-text", textOf(old), textOf(term)]] as const;
    return facts.filter(([, from, to]) => from !== to).map(([kind, from, to]) => change(kind, term, from, to, at));
  });
  const [order, former] = [right.filter(({ term }) => findTerm(left, term)), left.filter(({ term }) => findTerm(right, term))];
  const [from, to] = [former.map(({ term }) => nameOf(term)).join(", "), order.map(({ term }) => nameOf(term)).join(", ")];
  const moved = order.some(({ term }, at) => findTerm(left, term) !== former[at]);
  return [...kept, ...removed, ...(moved ? [{ kind: "term-order" as const, from, to, review: "yes" as const, at: right[0]?.at.slice(0, -1) ?? [] }] : [])];
}

function change(kind: ConsentChange["kind"], term: Term, from: string, to: string, at: ConsentPath): ConsentChange {
  return { kind, item: nameOf(term), from, to, review: kind === "term-removed" ? "no" : "yes", at };
}

function diffAge(before: ConsentFile, after: ConsentFile): ConsentChange[] {
  const [from, to] = [before, after].map(({ console, reviewed }) => console?.ageTerm ?? reviewed?.ageTerm);
  return from === undefined || to === undefined || from === to ? [] : [{ kind: "age-term", from: from ? "on" : "off", to: to ? "on" : "off", review: "yes", at: ["console", "ageTerm"] }];
}

function wantedItems({ console, application, reviewed }: ConsentFile): { readonly items: Consents; readonly at: ConsentPath } {
  if (console?.items !== undefined) return { items: console.items, at: ["console", "items"] };
  if (application?.items !== undefined) {
    return { items: Object.fromEntries(Object.entries(application.items).map(([id, { consent }]) => [id, consent])), at: ["application", "items"] };
  }
  return { items: reviewed?.items ?? {}, at: ["reviewed", "items"] };
}

function wantedTerms({ console, reviewed }: ConsentFile): ReturnType<typeof placeTerms> {
  return console?.terms !== undefined ? placeTerms(console.terms, ["console", "terms"]) : placeTerms(reviewed?.terms, ["reviewed", "terms"]);
}

function nameOf({ tag, title, url }: Term): string {
  return tag ?? title?.ko ?? title?.en ?? url ?? "?";
}

function flagOf({ required }: Term): string {
  return required === undefined ? "" : required ? "required" : "optional";
}

function titleOf({ title }: Term): string {
  return [title?.ko, title?.en].filter((text) => text !== undefined).join(" / ");
}

function textOf({ url, text }: Term): string {
  return [url, text].filter((part) => part !== undefined).join(" ");
}
