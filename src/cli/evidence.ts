import type { Command } from "commander";
import { addApplyOptions, readDuration } from "../commands/shared-options.ts";
import type { Call } from "./call.ts";

// The commands over runs, the record and the workspace.

export function addApprove(program: Command, call: Call): void {
  program
    .command("approve [run]")
    .description("sign a plan, so that somebody else may apply it (limits.approvals)")
    .option("--as <name>", "who approves, as the configuration names them under approvers")
    .option("--init", "make the key of this person, once, and print its public half")
    .option("--key <file>", "the private key (default: ~/.config/kakao-sync/approver-NAME.pem)")
    .option("--yes", "do not ask; required where there is no terminal")
    .action((run: string | undefined, _flags, command: Command) => call(command, async () => (await import("../commands/approve.ts")).approve, run));
}

export function addRuns(program: Command, call: Call): void {
  const runs = program
    .command("runs")
    .description("list the runs of this workspace")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/runs.ts")).listRuns));
  runs
    .command("show <run>")
    .description("show one run: counts, files, what was applied")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("../commands/runs.ts")).showRun, run));
  runs
    .command("consents <run>")
    .description("write the consents kept by unlink-orphans --save-consents into a csv file")
    .requiredOption("--to <file>", "the file to write, readable by you alone")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("../commands/run-consents.ts")).writeConsents, run));
  runs
    .command("audit")
    .description("print the record of what was read and changed, and check that nobody altered it")
    .option("--month <month>", "the review sheet of a month, like 2026-11")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/audit-record.ts")).auditRecord));
  runs
    .command("abandon <run>")
    .description("give an interrupted run up; what it has written stays")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("../commands/runs.ts")).abandonRun, run));
}

export function addPurge(program: Command, call: Call): void {
  const purge = program
    .command("purge")
    .description("destroy old snapshots and the files of old runs, on record")
    .option("--older-than <duration>", "runs that ended longer ago (default: 30d; applied ones at least retention.undo)", readDuration)
    .option("--snapshots", "every snapshot, whatever its age, and an unfinished pull")
    .option("--forget <run>", "this run whatever its age: what it wrote can no longer be undone");
  addApplyOptions(purge).action((_flags, command: Command) => call(command, async () => (await import("../commands/purge.ts")).purge));
}

export function addKeys(program: Command, call: Call): void {
  const rotate = program
    .command("keys")
    .description("the key that the workspace is sealed with")
    .command("rotate")
    .description("put a new key in the place of the workspace's, and seal the snapshots anew")
    .option("--new-key-file <file>", "a file with the new key (default: KAKAO_SYNC_NEW_KEY, or for a key file a new one)");
  addApplyOptions(rotate).action((_flags, command: Command) => call(command, async () => (await import("../commands/keys.ts")).rotateKeys));
}

export function addReport(program: Command, call: Call): void {
  program
    .command("report <run>")
    .description("write one HTML file about a run: charts, tables, the review list")
    .option("--to <file>", "where to (default: report.html in the run's folder)")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("../commands/report.ts")).report, run));
}

export function addExplain(program: Command, call: Call): void {
  program
    .command("explain")
    .description("say why a member or a Kakao user got its answer in the last plan")
    .option("--member <id>", "a member id")
    .option("--kakao <id>", "a Kakao id")
    .option("--run <run>", "the plan to explain (default: the newest)")
    .action((_flags, command: Command) => call(command, async () => (await import("../commands/explain.ts")).explain));
}
