import type { FindingData } from "./finding.ts";
import type { AuditInput, Consent, ConsentPath, Consents, Term } from "./model.ts";
import type { Hit } from "./rule.ts";

/** How an item is asked for; of Kakao's answers alone it may be unknown whether it is required. */
export type Asked = Consent | "unknown";

/** An item as it is said somewhere in the file, with its place. */
export interface PlacedItem<C = Consent> {
  readonly id: string;
  readonly consent: C;
  readonly at: ConsentPath;
}

/** A term with its place. */
export interface PlacedTerm {
  readonly term: Term;
  readonly at: ConsentPath;
}

/** One hit, or none. */
export function hitIf(condition: boolean, at: ConsentPath, data?: FindingData): Hit[] {
  return condition ? [data === undefined ? { at } : { at, data }] : [];
}

export function isOn(consent: Asked | undefined): boolean {
  return consent !== undefined && consent !== "off";
}

/** Asked for, but a user may refuse or is asked only later. */
export function isRefusable(consent: Asked | undefined): boolean {
  return consent === "optional" || consent === "in-use";
}

export function placeItems(items: Consents | undefined, at: ConsentPath): PlacedItem[] {
  return Object.entries(items ?? {}).map(([id, consent]) => ({ id, consent, at: [...at, id] }));
}

/** Items that are or were applied for. */
export function listApplied({ consent: { application } }: AuditInput): PlacedItem[] {
  return Object.entries(application?.items ?? {}).map(([id, { consent }]) => ({ id, consent, at: ["application", "items", id] }));
}

/** Items of the console, switched off ones too; by Kakao's answers where the file leaves them out. */
export function listConsoleItems({ consent, live }: AuditInput): PlacedItem<Asked>[] {
  if (consent.console?.items !== undefined || live === undefined) return placeItems(consent.console?.items, ["console", "items"]);
  return live.items.map(({ id, using, agreed, revocable }) => ({
    id,
    consent: !using ? "off" : agreed === 0 ? "unknown" : revocable === 0 ? "required" : "optional",
    at: ["console", "items", id],
  }));
}

/** True if it is known which items are on. */
export function knowsConsoleItems({ consent, live }: AuditInput): boolean {
  return consent.console?.items !== undefined || live !== undefined;
}

export function consoleConsent(input: AuditInput, id: string): Asked | undefined {
  return listConsoleItems(input).find((item) => item.id === id)?.consent;
}

export function placeTerms(terms: readonly Term[] | undefined, at: ConsentPath): PlacedTerm[] {
  return (terms ?? []).map((term, index) => ({ term, at: [...at, index] }));
}

/** Terms of the console in their order; by Kakao's answer (tag and flag only) where the file leaves them out. */
export function listConsoleTerms({ consent, live }: AuditInput): PlacedTerm[] {
  if (consent.console?.terms !== undefined || live?.terms === undefined) return placeTerms(consent.console?.terms, ["console", "terms"]);
  return live.terms.map(({ tag, required }, index) => ({ term: { tag, required }, at: ["console", "terms", index] }));
}

export function listReviewedTerms({ consent }: AuditInput): PlacedTerm[] {
  return placeTerms(consent.reviewed?.terms, ["reviewed", "terms"]);
}

export function listOwnTerms({ consent }: AuditInput): PlacedTerm[] {
  return placeTerms(consent.service?.signUp?.terms, ["service", "signUp", "terms"]);
}

/** What a term is called in a finding: its tag, else its title. */
export function nameTerm({ tag, title }: Term): string {
  return tag ?? title?.ko ?? title?.en ?? "?";
}

/** The same term of another list: by tag, else by title, else by URL. */
export function findTerm(terms: readonly PlacedTerm[], { tag, title, url }: Term): PlacedTerm | undefined {
  return (
    terms.find(({ term }) => tag !== undefined && term.tag === tag) ??
    terms.find(({ term }) => isSameWhereSaid(term.tag, tag) && title?.ko !== undefined && term.title?.ko === title.ko) ??
    terms.find(({ term }) => isSameWhereSaid(term.tag, tag) && url !== undefined && term.url === url)
  );
}

/** True unless both are said and differ. */
export function isSameWhereSaid<T>(left: T | undefined, right: T | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}

/** True for an https address. Core has no URL class: the host is only looked at by its shape. */
export function isHttps(url: string): boolean {
  return /^https:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i.test(url);
}
