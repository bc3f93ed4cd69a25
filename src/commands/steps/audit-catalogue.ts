import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import { EXIT } from "../../errors.ts";
import { say, translate } from "../../say.ts";
import { type AuditRule, listFixes, tellRules } from "./audit-words.ts";
import { padHeader } from "./pad-header.ts";

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
    terminal.line(terminal.palette.strong(translate(group)));
    const own = rules.filter((rule) => rule.group === group);
    terminal.table(
      [{ header: padHeader("rule", 9) }, { header: padHeader("level", 7) }, { header: "what it asks for, what to do, and where it comes from" }],
      own.flatMap((rule) => [[rule.id, translate(rule.level), rule.title], ...listFixes(rule).map((fix) => ["", "", fix]), ["", "", say`from: ${rule.source}`]]),
    );
    terminal.line();
  }
  terminal.line(say`${rules.length} rules.`);
}
