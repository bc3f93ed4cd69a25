import type { Finding } from "../core/consent/finding.ts";
import { type Menu, type Rule } from "../core/consent/rule.ts";
import { findRule } from "../core/consent/catalogue.ts";
import { consentEn } from "./consent-en.ts";
import { consentMenus } from "./consent-menus.ts";

/** What a rule says to people: one entry a rule. `{name}` in `message` and `fix` stands for the finding's data. */
export interface RuleText {
  /** What the rule wants, as a heading. */
  readonly title: string;
  /** What is wrong, with its data. */
  readonly message: string;
  /** What to do, in English and Korean, without the way there. */
  readonly fix: { readonly en: string; readonly ko: string };
}

/** The sentences of one finding. */
export interface FindingText {
  readonly title: string;
  readonly message: string;
  readonly fix: { readonly en: string; readonly ko: string };
}

/** A finding as sentences. `fix` begins with the menu path where there is one. */
export function describeFinding(finding: Finding): FindingText {
  const text = textOf(finding.rule);
  const fill = (template: string): string => template.replace(/\{([A-Za-z]+)\}/g, (_all, name: string) => String(finding.data[name] ?? ""));
  const fix = describeFix(findRule(finding.rule));
  return { title: text.title, message: fill(text.message), fix: { en: fill(fix.en), ko: fill(fix.ko) } };
}

/** The fix of a rule with the menu path before it, placeholders left as they are. */
export function describeFix({ id, menu }: Pick<Rule, "id" | "menu">): { readonly en: string; readonly ko: string } {
  const { fix } = textOf(id);
  const way: { readonly en: string; readonly ko: string } = consentMenus[menu satisfies Menu];
  return { en: `${way.en}: ${fix.en}`, ko: `${way.ko}: ${fix.ko}` };
}

/** The sentences of a rule; throws a RangeError for an id that no rule has. */
export function textOf(rule: string): RuleText {
  const text = consentEn[rule];
  if (text === undefined) throw new RangeError(`no sentences for the rule ${rule}`);
  return text;
}
