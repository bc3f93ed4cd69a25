import type { Rule } from "./rule.ts";

/** Every rule, in the order of the documentation. */
export const RULES: readonly Rule[] = [];

/** A rule by its id; throws a RangeError for an id that none has. */
export function findRule(id: string): Rule {
  const found = RULES.find((rule) => rule.id === id);
  if (found === undefined) throw new RangeError(`there is no rule ${id}`);
  return found;
}
