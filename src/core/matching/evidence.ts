import type { LinkedEvidence } from "./answers.ts";

/** What a comparison of one attribute says; anything unusable or unread on either side is unknown. */
export const SAYS = { unknown: 0, agree: 1, differ: 2 } as const;
export type Says = (typeof SAYS)[keyof typeof SAYS];

const ATTRIBUTES = ["ci", "phone", "email", "name", "birthdate"] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** The five comparisons of a pair in one number, two bits each, in the order of `ATTRIBUTES`. */
export type Evidence = number;

export function packEvidence(ci: Says, phone: Says, email: Says, name: Says, birthdate: Says): Evidence {
  return ci | (phone << 2) | (email << 4) | (name << 6) | (birthdate << 8);
}

export function saysOf(evidence: Evidence, attribute: Attribute): Says {
  const bits = (evidence >> (2 * ATTRIBUTES.indexOf(attribute))) & 3;
  return bits === 1 ? SAYS.agree : bits === 2 ? SAYS.differ : SAYS.unknown;
}

const words = ["unknown", "agree", "differ"] as const;

const rendered: string[] = [];

/** As the plan file shows it: `ci=agree phone=differ email=unknown name=agree birthdate=unknown`. There are 243 of them, each made once. */
export function renderEvidence(evidence: Evidence): string {
  return (rendered[evidence] ??= ATTRIBUTES.map((attribute) => `${attribute}=${words[saysOf(evidence, attribute)]}`).join(" "));
}

/** M1: how far the pair that is linked already looks like one person. */
export function readLinkedEvidence(evidence: Evidence): LinkedEvidence {
  const says = ATTRIBUTES.map((attribute) => saysOf(evidence, attribute));
  const bothDiffer = saysOf(evidence, "name") === SAYS.differ && saysOf(evidence, "birthdate") === SAYS.differ;
  if (saysOf(evidence, "ci") === SAYS.differ || bothDiffer) return "contradicted";
  return says.includes(SAYS.agree) ? "agree" : "unknown";
}
