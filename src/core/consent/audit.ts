import type { Finding } from "./finding.ts";
import type { AuditInput } from "./model.ts";
import { RULES } from "./catalogue.ts";
import type { Hit, Rule } from "./rule.ts";

/** Asks every rule. Findings stand in the order of the file, errors first within a line; waived ones are marked and kept. */
export function auditConsent(input: AuditInput): Finding[] {
  const findings = RULES.flatMap((rule) => rule.check(input).map((hit) => placeFinding(rule, hit, input)));
  return findings.sort((left, right) => left.line - right.line || rank(left) - rank(right) || (left.rule < right.rule ? -1 : Number(left.rule > right.rule)));
}

function placeFinding(rule: Rule, hit: Hit, input: AuditInput): Finding {
  const { id, level, who, stage, source } = rule;
  const waived = input.consent.waive.find((waiver) => waiver.rule === id && (waiver.item === undefined || waiver.item === hit.item) && waiver.until >= input.today);
  return {
    rule: id,
    level,
    ...(hit.item === undefined ? {} : { item: hit.item }),
    data: { ...(hit.item === undefined ? {} : { item: hit.item }), ...hit.data },
    file: input.file,
    path: hit.at,
    line: input.lineOf(hit.at),
    who,
    stage,
    source,
    ...(waived === undefined ? {} : { waived: { reason: waived.reason, until: waived.until } }),
  };
}

function rank({ level }: Finding): number {
  return { error: 0, warning: 1, note: 2 }[level];
}
