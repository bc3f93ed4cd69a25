import type { Level } from "../core/consent/finding.ts";
import { auditConsent } from "../core/consent/audit.ts";
import type { Context } from "../context.ts";
import { EXIT, StartError } from "../errors.ts";
import { say } from "../say.ts";
import { beginConsentFile } from "./steps/audit-begin.ts";
import { tellCatalogue } from "./steps/audit-catalogue.ts";
import { tellDiff } from "./steps/audit-diff.ts";
import { readAuditInput } from "./steps/audit-input.ts";
import { listNeedsConsent } from "./steps/audit-needs-consent.ts";
import { type AuditFormat, writeAuditReport } from "./steps/audit-report.ts";
import { tellFinding, tellRules, withSpokenFix } from "./steps/audit-words.ts";
import { countFindings, tellFindings, tellLive } from "./steps/tell-audit.ts";
import { checklistJson, tellChecklist } from "./steps/tell-checklist.ts";

export interface AuditFlags {
  readonly file?: string;
  readonly live?: boolean;
  readonly sample?: number;
  readonly relation?: boolean;
  readonly format?: AuditFormat;
  readonly output?: string;
  readonly failOn?: Level;
  readonly rules?: boolean;
  readonly checklist?: boolean;
  readonly diff?: string;
  readonly init?: boolean;
  readonly needsConsent?: string;
}

/** `audit-consent`: whether the console, the review, the service and the live app say the same. Changes nothing. */
export async function audit(context: Context, flags: AuditFlags): Promise<number> {
  checkFlags(context, flags);
  if (flags.live === true || flags.needsConsent !== undefined) context.requireOperator();
  const tools = await context.consentTools();
  if (flags.rules === true) return tellCatalogue(context, tools, flags);
  if (flags.needsConsent !== undefined) return listNeedsConsent(context, flags.needsConsent);
  if (flags.init === true) return beginConsentFile(context, tools, flags);
  if (flags.diff !== undefined) return tellDiff(context, tools, { ...flags, diff: flags.diff });

  const { input, look } = await readAuditInput(context, tools, flags);
  const found = auditConsent(input);
  const findings = found.map(tellFinding);
  const failOn = flags.failOn ?? "error";
  const report = { tool: { name: "kakao-sync", version: tools.version }, rules: tellRules(input), findings: findings.map(withSpokenFix), failOn };
  const counts = countFindings(findings);
  const result = { command: context.command, findings, counts, ...(look === undefined ? {} : { live: look }), ...(flags.checklist === true ? { checklist: checklistJson(found) } : {}) };

  const written = writeAuditReport(context, tools, { flags, report, result, look });
  if (!written.onStdout) {
    if (look !== undefined) tellLive(context, look);
    if (flags.checklist === true) tellChecklist(context, found);
    else tellFindings(context, found);
    context.terminal.json({ ...result, ...written.files });
  }
  const { error, warning, note } = counts;
  return error + (failOn === "error" ? 0 : warning) + (failOn === "note" ? note : 0) > 0 ? EXIT.found : EXIT.done;
}

/** Combinations that would leave open what is meant. */
function checkFlags({ terminal }: Context, { live, sample, format = "text", output, rules, checklist, diff, init, needsConsent, failOn }: AuditFlags): void {
  const chosen = [rules === true ? "--rules" : "", checklist === true ? "--checklist" : "", diff === undefined ? "" : "--diff", init === true ? "--init" : "", needsConsent === undefined ? "" : "--needs-consent"].filter((flag) => flag !== "");
  const [only = "", other] = chosen;
  const wrong =
    other !== undefined ? say`${only} and ${other} are two things; ask for one of them.`
    : sample !== undefined && live !== true ? "--sample says how many users --live asks; add --live."
    : sample === 0 ? "--sample needs at least one user."
    : output !== undefined && format === "text" ? "--output writes a report for other programs and needs --format json, sarif, junit or markdown."
    : output === undefined && terminal.flags.json && format !== "text" && format !== "json" ? say`--json and --format ${format} cannot both be written to stdout; add --output FILE.`
    : only !== "" && format !== "text" && format !== "json" ? say`${only} has no form as ${format}.`
    : only !== "" && checklist !== true && (output !== undefined || failOn !== undefined) ? say`${only} finds nothing: --output and --fail-on do not go with it.`
    : (rules === true || diff !== undefined) && live === true ? say`${only} does not ask Kakao; leave --live away.`
    : needsConsent !== undefined && live === true ? "--needs-consent asks about every linked member; --live asks about a sample."
    : undefined;
  if (wrong !== undefined) throw new StartError({ code: "usage", message: wrong, hint: "See `kakao-sync audit-consent --help`." });
}
