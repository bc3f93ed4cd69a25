import { say, translate } from "../say.ts";
import type { FindingsReport, ToldFinding } from "./told-finding.ts";

/** The findings as a Markdown page: a table for each thing they are about, then the further tables; for a pull request or a wiki. */
export function renderMarkdown(title: string, { findings, tables = [] }: Pick<FindingsReport, "findings" | "tables">): string {
  const count = (level: ToldFinding["level"]): number => findings.filter((finding) => finding.level === level && finding.waived === undefined).length;
  const waived = findings.filter((finding) => finding.waived !== undefined).length;
  const counts = say`Errors: ${count("error")}. Warnings: ${count("warning")}. Notes: ${count("note")}. Waived: ${waived}.`;
  const groups = new Map<string, ToldFinding[]>();
  for (const finding of findings) groups.set(finding.item ?? "", [...(groups.get(finding.item ?? "") ?? []), finding]);
  const sections = [...groups].map(([item, own]) => [`## ${item === "" ? say`The app as a whole` : escapeMarkdown(item)}`, "", ...renderMarkdownTable(findingColumns, own.map(toCells))].join("\n"));
  const further = tables.map((table) => [`## ${escapeMarkdown(translate(table.title))}`, "", ...renderMarkdownTable(table.columns, table.rows)].join("\n"));
  return `${[`# ${escapeMarkdown(translate(title))}`, counts, ...sections, ...further].join("\n\n")}\n`;
}

const findingColumns = ["Level", "Rule", "What is wrong", "Where", "What to do", "Who", "Source"];

function toCells({ level, rule, message, file, line, fix, who, source, waived }: ToldFinding): readonly string[] {
  return [waived === undefined ? translate(level) : say`waived until ${waived.until}`, rule, message, `${file}${line === undefined ? "" : `:${line}`}`, fix, translate(who ?? ""), source];
}

/** A table as lines: columns in the language that is spoken, cells as they are, whatever is in them. */
export function renderMarkdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns.map((column) => translate(column))), line(columns.map(() => "---")), ...rows.map((row) => line(row.map(escapeMarkdown)))];
}

/** Text that Markdown and the HTML in it would read as something else; a line break would end a table's row. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replace(/[\\|`*_[\]~]/g, "\\$&");
}
