import { type Command, Option } from "commander";
import { addApplyOptions, readCount, wordOption } from "../commands/shared-options.ts";
import type { Call } from "./call.ts";

// The commands of the consent record and of the channel.

export function addAuditConsent(program: Command, call: Call): void {
  program
    .command("audit-consent")
    .description("whether the console, the review, the service and the live app say the same")
    .option("--file <file>", "the consent file (default: consent of the configuration)")
    .option("--live", "ask Kakao about a sample of linked users: what is on, who agreed")
    .option("--sample <n>", "how many users --live asks (default: 100)", readCount)
    .option("--relation", "export-channel-targets is run with --relation: the channel's item is needed")
    .addOption(wordOption("--format <format>", "text, json, sarif, junit or markdown (default: text)", ["text", "json", "sarif", "junit", "markdown"]))
    .option("--output <file>", "write the report in that format into a file; the text stays on stdout")
    .addOption(wordOption("--fail-on <level>", "exit 1 from this level on: error, warning or note (default: error)", ["error", "warning", "note"]))
    .option("--rules", "print every rule with its source")
    .option("--checklist", "print what is still to be done, by when and by whom")
    .option("--diff <file>", "what changed since this consent file, and what Kakao reviews anew")
    .option("--needs-consent <file>", "list linked members who came before Kakao Sync or lack a term")
    .option("--init", "write a commented consent file to start from")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/audit-consent.ts")).audit));
}

export function addExportChannelTargets(program: Command, call: Call): void {
  const targets = program
    .command("export-channel-targets")
    .description("a customer file for the Kakao Talk Channel that holds only who may be written to")
    .option("--purpose <text>", "what the file is for; required, and kept on the record")
    .option("--segment <name>", "only members who fulfil this condition of channel.segments")
    .option("--night", "ask for the consent to messages from 21:00 to 08:00, too")
    .option("--relation", "ask Kakao who added or blocked the channel, and leave blockers out")
    .option("--exclude-overdue", "leave out whose reconfirmation notice is overdue")
    .option("--accept-unreadable <n>", "take exactly n refusals and consents that nobody can read as they are", readCount)
    .option("--name <name>", "what the export goes by; the next of that name lists whom to remove (default: the segment, else members)")
    .option("--to <folder>", "a private folder for the files (default: the run's own)")
    .addOption(wordOption("--headers <set>", "names of the columns: centre-2025 or api (default: centre-2025)", ["centre-2025", "api"]))
    .addOption(wordOption("--encoding <encoding>", "utf8-bom, utf8 or cp949 (default: utf8-bom)", ["utf8-bom", "utf8", "cp949"]))
    .option("--max-rows <n>", "rows a file at most; more go into further files", readCount)
    .option("--upload", "instead of files: plan what a customer file at Kakao gains and loses")
    .option("--file <name>", "with --upload: name of the customer file (default: that of the export)")
    .option("--plan <run>", "with --upload --apply: carry out this reviewed plan, or go on with it")
    .option("--removals-only", "with --upload --apply: send only removals of people who refused, left or are gone")
    .option("--allow-removals <n>", "lift the brake for exactly n removals of people who did not refuse", readCount)
    .option("--allow-additions <n>", "lift the brake for exactly n additions", readCount)
    .addOption(new Option("--where <sql>").hideHelp());
  addApplyOptions(targets).action((_flags, command: Command) => call(command, async () => (await import("../commands/export-channel-targets.ts")).exportChannelTargets));
}
