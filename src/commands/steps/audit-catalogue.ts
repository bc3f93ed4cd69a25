import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import { EXIT } from "../../errors.ts";
import { type AuditRule, tellRules } from "./audit-words.ts";

/** `--rules`: every rule with its level, who can do something about it, what to do, and where it comes from. Reads no file and asks nobody. */
export function tellCatalogue(context: Context, _tools: ConsentTools, { format }: { readonly format?: string }): number {
  const { terminal } = context;
  const rules = tellRules();
  const result = { command: context.command, rules };
  terminal.json(result);
  if (format === "json") terminal.text(JSON.stringify(result, null, 2));
  else tellTable(context, rules);
  return EXIT.done;
}

function tellTable({ terminal }: Context, rules: readonly AuditRule[]): void {
  for (const group of new Set(rules.map((rule) => rule.group))) {
    terminal.line(terminal.palette.strong(group));
    const own = rules.filter((rule) => rule.group === group);
    terminal.table(
      [{ header: "rule".padEnd(9) }, { header: "level".padEnd(7) }, { header: "what it asks for, what to do, and where it comes from" }],
      own.flatMap(({ id, level, title, who, fix, fixKo, source }) => [[id, level, title], ["", "", who === "service" ? fix : `${who}: ${fix}`], ["", "", fixKo], ["", "", `from: ${source}`]]),
    );
    terminal.line();
  }
  terminal.line(`${rules.length} rules.`);
}
