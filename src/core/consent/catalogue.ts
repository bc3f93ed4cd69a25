import { AGE_RULES } from "./age-rules.ts";
import { APPLICATION_RULES } from "./application-rules.ts";
import { CI_RULES } from "./ci-rules.ts";
import { CONSOLE_RULES } from "./console-rules.ts";
import { DOCUMENT_RULES } from "./document-rules.ts";
import { listFileRules } from "./file-rules.ts";
import { ITEM_RULES } from "./item-rules.ts";
import { LIVE_RULES } from "./live-rules.ts";
import { POLICY_RULES } from "./policy-rules.ts";
import type { Rule } from "./rule.ts";
import { TERM_RULES } from "./term-rules.ts";
import { USE_RULES } from "./use-rules.ts";

const items = inOrder([...ITEM_RULES, ...USE_RULES, ...CI_RULES]);
const application = inOrder([...APPLICATION_RULES, ...DOCUMENT_RULES, ...POLICY_RULES]);

/** Every rule but those about the file itself, which are given them. */
const asking = [...items, ...application, ...TERM_RULES, ...AGE_RULES, ...CONSOLE_RULES, ...LIVE_RULES];

/** The rules by what they look at, with the heading of each group. */
export const RULE_GROUPS: readonly { readonly title: string; readonly rules: readonly Rule[] }[] = [
  { title: "The file", rules: listFileRules(asking) },
  { title: "Consent items", rules: items },
  { title: "The application", rules: application },
  { title: "Terms", rules: TERM_RULES },
  { title: "Age, and data abroad", rules: AGE_RULES },
  { title: "The console and the code", rules: CONSOLE_RULES },
  { title: "The live app", rules: LIVE_RULES },
];

/** Every rule, in the order of the documentation. */
export const RULES: readonly Rule[] = RULE_GROUPS.flatMap(({ rules }) => rules);

/** A rule by its id; throws a RangeError for an id that none has. */
export function findRule(id: string): Rule {
  const found = RULES.find((rule) => rule.id === id);
  if (found === undefined) throw new RangeError(`there is no rule ${id}`);
  return found;
}

function inOrder(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort((left, right) => (left.id < right.id ? -1 : 1));
}
