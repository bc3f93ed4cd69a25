import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import type { FindingsReport, ReportTable } from "../../files/told-finding.ts";
import { say, translate } from "../../say.ts";
import type { LiveLook } from "./sample-live.ts";
import { nameConsent } from "./tell-audit.ts";

export const AUDIT_FORMATS = ["text", "json", "sarif", "junit", "markdown"] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export interface AuditResult {
  readonly flags: { readonly format?: AuditFormat; readonly output?: string };
  readonly report: FindingsReport;
  /** What `--json` prints. */
  readonly result: object;
  readonly look: LiveLook | undefined;
}

/** Writes the report in the format that was asked for, to stdout or into `--output`. */
export function writeAuditReport(context: Context, tools: ConsentTools, { flags, report, result, look }: AuditResult): { readonly onStdout: boolean; readonly files: object } {
  const { format = "text", output } = flags;
  if (format === "text" || (format === "json" && context.terminal.flags.json && output === undefined)) return { onStdout: false, files: {} };
  const text = format === "json" ? `${JSON.stringify(result, null, 2)}\n` : format === "markdown" ? tools.render.markdown(say`Consent audit`, { ...report, tables: look === undefined ? [] : renderTables(look) }) : tools.render[format](report);
  if (output === undefined) {
    context.terminal.text(text);
    return { onStdout: true, files: {} };
  }
  const path = context.shown(tools.writeResult(output, text));
  context.terminal.note(say`Wrote ${path}.`);
  return { onStdout: false, files: { files: { report: path } } };
}

function renderTables({ items, terms = [], sampled }: LiveLook): ReportTable[] {
  return [
    { title: say`Items, as Kakao answered about ${sampled} linked users`, columns: [say`Item`, say`Consent`, say`Agreed`, say`With value`], rows: items.map((item) => [item.id, translate(nameConsent(item)), String(item.agreed), item.withValue === undefined ? "" : String(item.withValue)]) },
    { title: say`Terms`, columns: [say`Term`, say`Consent`, say`Agreed`], rows: terms.map(({ tag, required, agreed }) => [tag, translate(required ? "required" : "optional"), String(agreed)]) },
  ];
}
