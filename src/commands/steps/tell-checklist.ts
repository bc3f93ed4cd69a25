import { checklist } from "../../core/consent/checklist.ts";
import type { Finding, Stage } from "../../core/consent/finding.ts";
import type { Context } from "../../context.ts";
import { say, translate } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { type AuditFinding, listFixes, nameActor, tellFinding } from "./audit-words.ts";
import { padHeader } from "./pad-header.ts";

const stages: Readonly<Record<Stage, string>> = { "before-review": "Before the review", "after-approval": "After the approval", "before-launch": "Before the launch" };

/** What is still to be done, as `--json` holds it. */
export function checklistJson(findings: readonly Finding[]): readonly { readonly stage: Stage; readonly who: string; readonly findings: readonly AuditFinding[] }[] {
  return checklist(findings).map(({ stage, who, findings: own }) => ({ stage, who: nameActor(who), findings: own.map(tellFinding) }));
}

/** What is still to be done, by when and by whom. */
export function tellChecklist({ terminal }: Context, findings: readonly Finding[]): void {
  const parts = checklist(findings);
  for (const { stage, who, findings: own } of parts) {
    terminal.line(terminal.palette.strong(`${translate(stages[stage])}: ${translate(nameActor(who))}`));
    terminal.table([{ header: "[ ]" }, { header: padHeader("rule", 9) }, { header: "what to do, and why" }], own.map(tellFinding).flatMap(toRows));
    terminal.line();
  }
  const open = parts.reduce((sum, part) => sum + part.findings.length, 0);
  terminal.line(open === 0 ? "Nothing is left to do." : say`${countOf(open, "thing")} to do.`);
}

/** The heading names who does it. */
function toRows({ rule, line, fix, fixKo, message }: AuditFinding): readonly (readonly string[])[] {
  const [first = "", ...others] = [...listFixes({ fix, fixKo }), message];
  return [["[ ]", rule, first], ...others.map((text, at) => ["", at > 0 || line === undefined ? "" : say`line ${line}`, text])];
}
