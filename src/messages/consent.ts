import type { Finding } from "../core/consent/finding.ts";
import { type Menu, type Rule } from "../core/consent/rule.ts";
import { findRule } from "../core/consent/catalogue.ts";
import { fill, say, translate } from "../say.ts";
import { consentEn } from "./consent-en.ts";
import { consentMenus } from "./consent-menus.ts";

/** What a rule says to people: one entry a rule. `{name}` in `message` and `fix` stands for the finding's data. Title and message are in English, and in a catalogue by that. */
export interface RuleText {
  /** What the rule wants, as a heading. */
  readonly title: string;
  /** What is wrong, with its data. */
  readonly message: string;
  /** What to do, in English and Korean, without the way there. */
  readonly fix: { readonly en: string; readonly ko: string };
}

/** The sentences of one finding: title and message in the language that is spoken, the fix in both. */
export interface FindingText {
  readonly title: string;
  readonly message: string;
  readonly fix: { readonly en: string; readonly ko: string };
}

/** A finding as sentences. `fix` begins with the menu path where there is one. */
export function describeFinding({ rule, data }: Pick<Finding, "rule" | "data">): FindingText {
  const text = textOf(rule);
  const fix = describeFix(findRule(rule));
  const inEnglish = (name: string): string => String(data[name] ?? "");
  const asSpoken = (name: string): string => sayValue(name, data[name] ?? "");
  return { title: translate(text.title), message: fill(translate(text.message), asSpoken), fix: { en: fill(fix.en, inEnglish), ko: fill(fix.ko, asSpoken) } };
}

/** Places of a rule's sentence that hold a word: a consent (`required`), whether something is on, the language of a title. All others hold ids, names, numbers and days. */
const words: ReadonlySet<string> = new Set(["now", "approved", "asked", "form", "from", "to", "language"]);

/** A finding's value as it stands in a sentence, by the place that it is for. */
export function sayValue(name: string, value: string | number): string {
  const text = String(value);
  if (name === "rules") return text.replace(/^(\d+) rules$/, (_all, count: string) => say`${count} rules`);
  if (name === "fits") return text.split(" or ").reduce((left, right) => say`${left} or ${right}`);
  return words.has(name) ? translate(text) : text;
}

/** The fix of a rule with the menu path before it, placeholders left as they are. */
export function describeFix({ id, menu }: Pick<Rule, "id" | "menu">): { readonly en: string; readonly ko: string } {
  const { fix } = textOf(id);
  const way: { readonly en: string; readonly ko: string } = consentMenus[menu satisfies Menu];
  return { en: `${way.en}: ${fix.en}`, ko: `${way.ko}: ${fix.ko}` };
}

/** The sentences of a rule as they are written; throws a RangeError for an id that no rule has. */
export function textOf(rule: string): RuleText {
  const text = consentEn[rule];
  if (text === undefined) throw new RangeError(`no sentences for the rule ${rule}`);
  return text;
}
