import { Argument, Command, CommanderError, Option, type OptionValues } from "commander";
import { readFileSync } from "node:fs";
import { addApplyOptions, addGlobalOptions, addRefreshOption, addUntilOption, kindsOption, readCount, readDuration, readPlaceCount, wordOption } from "./commands/shared-options.ts";
import type { Shell } from "./cli/completion.ts";
import type { Context } from "./context.ts";
import { EXIT, StartError } from "./errors.ts";
import type { GlobalFlags, Io } from "./io.ts";
import { createLineWriter } from "./terminal/output.ts";
import { examples } from "./messages/examples.ts";
import type { TerminalFlags } from "./terminal/terminal.ts";

/** The flags that decide how a failure is told, read before anything else can fail. */
export function readOutputFlags(argv: readonly string[]): TerminalFlags & { readonly command: string } {
  const flags = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const words = flags.filter((word, at) => !word.startsWith("-") && !["--config", "--workspace", "--operator"].includes(flags[at - 1] ?? ""));
  const command = words[0] === "keys" && words[1] === "rotate" ? "keys rotate" : words[0] === "runs" && (words[1] === "show" || words[1] === "consents" || words[1] === "abandon") ? `runs ${words[1]}` : (words[0] ?? "");
  return { json: flags.includes("--json"), quiet: flags.includes("--quiet"), color: !flags.includes("--no-color"), command };
}

/** A command as the tree calls it: everything it needs comes from the context. */
type Run<Flags extends OptionValues> = (context: Context, flags: Flags, argument?: string) => Promise<number>;

/**
 * Runs the command that the words name and returns its exit code. A command, and all it needs, is imported only when it is called,
 * so that `--help` stays fast. Throws OperatorErrors.
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildTree(async (command, load, argument) => {
    const { openContext } = await import("./context/open-context.ts");
    const context = openContext(io, command.optsWithGlobals<GlobalFlags>(), commandPath(command));
    try {
      const execute = await load();
      exitCode = await execute(context, command.optsWithGlobals<Parameters<typeof execute>[1]>(), argument);
    } catch (error) {
      context.recordFailure(error);
      throw error;
    } finally {
      await context.close();
    }
  });
  const writeLine = createLineWriter(io.stdout);
  const output = { writeOut: (text: string) => writeLine(text.replace(/\n$/, "")), writeErr: () => undefined };
  program.exitOverride().configureOutput(output);
  for (const command of everyCommand(program)) command.exitOverride().configureHelp({ showGlobalOptions: true, optionDescription: ({ description }) => description, argumentDescription: ({ description }) => description }).configureOutput(output);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // No command at all is a question for help, not a mistake.
    if (error.code === "commander.help" && error.exitCode !== 0) program.outputHelp();
    else if (error.exitCode !== 0) throw usageError(error, argv);
    return EXIT.done;
  }
}

/** Runs what `load` brings, with the flags of the command that was named. */
export type Call = <Flags extends OptionValues>(command: Command, load: () => Promise<Run<Flags>>, argument?: string) => Promise<void>;

/** Every command with its flags; `call` is what a command does once its words are read. */
export function buildTree(call: Call): Command {
  const program = addGlobalOptions(new Command("kakao-sync"))
    .description("The operator's toolkit for adopting Kakao Sync. Nothing changes without --apply.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError(false);
  for (const add of [addInit, addDoctor, addPull, addMapMembers, addUnlinkOrphans, addUndo, addAuditConsent, addExportChannelTargets, addApprove, addRuns, addPurge, addKeys, addReport, addExplain, addSandbox, addDemo, addCompletion]) add(program, call);
  for (const [name, lines] of Object.entries(examples)) {
    program.commands.find((command) => command.name() === name)?.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ kakao-sync ${line}`).join("\n")}`);
  }
  return program;
}

function addInit(program: Command, call: Call): void {
  program
    .command("init")
    .description("look into the database, and write a commented configuration to start from")
    .option("--database <url>", "the database to look into (default: DATABASE_URL, also from .env)")
    .option("--table <table>", "the member table (default: the likeliest one)")
    .option("--where <condition>", "members.where: which members are live; all: every row is")
    .option("--withdrawn <condition>", "members.withdrawn: who has left for good")
    .option("--app-id <id>", "kakao.appId")
    .option("--channel <id>", "channel.publicId, like _Abcd")
    .option("--overwrite", "write over a configuration that is there")
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/init.ts")).init));
}

function addDoctor(program: Command, call: Call): void {
  program
    .command("doctor")
    .description("look whether configuration, database, Kakao and workspace are as they should be")
    .option("--quick", "do not read the members: no shares of usable keys")
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/doctor.ts")).doctor));
}

function addPull(program: Command, call: Call): void {
  const pull = program
    .command("pull")
    .description("take or refresh the snapshot of the app's Kakao users")
    .option("--diff", "list the ids that are new, gone and back");
  addUntilOption(addRefreshOption(pull)).action((_flags, command: Command) => call(command, async () => (await import("./commands/pull.ts")).pull));
}

function addMapMembers(program: Command, call: Call): void {
  const map = program
    .command("map-members")
    .description("attach existing members to Kakao ids by CI, phone or e-mail")
    .option("--plan <run>", "carry out this reviewed plan (with --apply)")
    .option("--check", "exit 1 when there is something to link")
    .option("--decisions <file>", "a review list with the columns decision and decided_by filled in")
    .option("--from <file>", "Kakao users from a .csv or .jsonl file instead of a snapshot")
    .option("--max-age <duration>", "take a new snapshot when the last one is older (default: 24h)", readDuration)
    .option("--all-rows", "list every Kakao user in plan.csv, linked ones too")
    .addOption(wordOption("--sql-dialect <dialect>", "with a csv: database: postgres, mysql or mariadb, for apply.sql", ["postgres", "mysql", "mariadb"]))
    .option("--allow-links <n>", "lift the brake for a plan of exactly n links", readCount)
    .option("--accept-quality", "apply although the keys look wrong (rule M13)")
    .option("--allow-no-hit", "apply although a key kept as digests hits nobody (rule M13)");
  addRefreshOption(addApplyOptions(map)).action((_flags, command: Command) => call(command, async () => (await import("./commands/map-members.ts")).mapMembers));
}

function addUnlinkOrphans(program: Command, call: Call): void {
  const unlink = program
    .command("unlink-orphans")
    .description("find Kakao users nobody stands behind, and links Kakao no longer has")
    .option("--older-than <duration>", "only who was linked longer ago (default and least: 24h)", readDuration)
    .addOption(kindsOption())
    .option("--limit <n>", "unlink n at most, the lowest ids", readCount)
    .option("--exclude <file>", "ids that stay linked: one a line, or a csv file with kakao_id")
    .option("--max-age <duration>", "a snapshot younger than this serves as the listing", readDuration)
    .option("--check", "exit 1 when there is something to unlink")
    .option("--plan <run>", "carry out this reviewed plan (with --apply)")
    .option("--allow-unlinks <n>", "lift the brake for a plan of exactly n unlinks", readCount)
    .option("--accept-members <n>", "accept that there are only n members", readCount)
    .option("--accept-links <n>", "accept that there are only n links", readCount)
    .option("--accept-kakao-users <n>", "accept that there are only n Kakao users", readCount)
    .option("--accept-place <name=n>", "accept that a place has only n ids", readPlaceCount)
    .option("--save-consents", "keep each user's consents, encrypted, before unlinking")
    .option("--clear-gone", "also clear links that Kakao no longer has (rule U9)")
    .option("--even-fixed", "with --clear-gone: although ids are fixed")
    .option("--allow-clears <n>", "lift the brake for exactly n cleared links", readCount);
  addApplyOptions(unlink).action((_flags, command: Command) => call(command, async () => (await import("./commands/unlink-orphans.ts")).unlinkOrphans));
}

function addUndo(program: Command, call: Call): void {
  const undo = program
    .command("undo <run>")
    .description("take the links of an applied run away again")
    .option("--include-used", "also links of members who have signed in since")
    // The command itself refuses other words, without repeating what may be a phone number.
    .addOption(new Option("--by <key>", "only links that this decided: ci, phone, email or decision").choices(["ci", "phone", "email", "decision"]).argParser(String))
    .option("--only <file>", "only the members of this list: a csv file with a column member_id");
  addApplyOptions(undo).action((run: string, _flags, command: Command) => call(command, async () => (await import("./commands/undo.ts")).undo, run));
}

function addAuditConsent(program: Command, call: Call): void {
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
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/audit-consent.ts")).audit));
}

function addExportChannelTargets(program: Command, call: Call): void {
  const targets = program
    .command("export-channel-targets")
    .description("a customer file for the Kakao Talk Channel that holds only who may be written to")
    .option("--purpose <text>", "what the file is for; required, and kept on the record")
    .option("--segment <name>", "only members who fulfil this condition of channel.segments")
    .option("--night", "ask for the consent to messages from 21:00 to 08:00, too")
    .option("--relation", "ask Kakao who added or blocked the channel, and leave blockers out")
    .option("--exclude-overdue", "leave out whose reconfirmation notice is overdue")
    .option("--name <name>", "what the export goes by; the next of that name lists whom to remove (default: the segment, else members)")
    .option("--to <folder>", "a private folder for the files (default: the run's own)")
    .addOption(wordOption("--headers <set>", "names of the columns: centre-2025 or api (default: centre-2025)", ["centre-2025", "api"]))
    .addOption(wordOption("--encoding <encoding>", "utf8-bom, utf8 or cp949 (default: utf8-bom)", ["utf8-bom", "utf8", "cp949"]))
    .option("--max-rows <n>", "rows a file at most; more go into further files", readCount)
    .option("--upload", "instead of files: plan what a customer file at Kakao gains and loses")
    .option("--file <name>", "with --upload: name of the customer file (default: that of the export)")
    .option("--plan <run>", "with --upload --apply: carry out this reviewed plan, or go on with it")
    .option("--allow-removals <n>", "lift the brake for exactly n removals of people who did not refuse", readCount)
    .option("--allow-additions <n>", "lift the brake for exactly n additions", readCount)
    .addOption(new Option("--where <sql>").hideHelp());
  addApplyOptions(targets).action((_flags, command: Command) => call(command, async () => (await import("./commands/export-channel-targets.ts")).exportChannelTargets));
}

function addApprove(program: Command, call: Call): void {
  program
    .command("approve [run]")
    .description("sign a plan, so that somebody else may apply it (limits.approvals)")
    .option("--as <name>", "who approves, as the configuration names them under approvers")
    .option("--init", "make the key of this person, once, and print its public half")
    .option("--key <file>", "the private key (default: ~/.config/kakao-sync/approver-NAME.pem)")
    .option("--yes", "do not ask; required where there is no terminal")
    .action((run: string | undefined, _flags, command: Command) => call(command, async () => (await import("./commands/approve.ts")).approve, run));
}

function addRuns(program: Command, call: Call): void {
  const runs = program
    .command("runs")
    .description("list the runs of this workspace")
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/runs.ts")).listRuns));
  runs
    .command("show <run>")
    .description("show one run: counts, files, what was applied")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("./commands/runs.ts")).showRun, run));
  runs
    .command("consents <run>")
    .description("write the consents kept by unlink-orphans --save-consents into a csv file")
    .requiredOption("--to <file>", "the file to write, readable by you alone")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("./commands/run-consents.ts")).writeConsents, run));
  runs
    .command("audit")
    .description("print the record of what was read and changed, and check that nobody altered it")
    .option("--month <month>", "the review sheet of a month, like 2026-11")
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/audit-record.ts")).auditRecord));
  runs
    .command("abandon <run>")
    .description("give an interrupted run up; what it has written stays")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("./commands/runs.ts")).abandonRun, run));
}

function addPurge(program: Command, call: Call): void {
  const purge = program
    .command("purge")
    .description("destroy old snapshots and the files of old runs, on record")
    .option("--older-than <duration>", "runs that ended longer ago (default: 30d; applied ones at least retention.undo)", readDuration)
    .option("--snapshots", "every snapshot, whatever its age, and an unfinished pull")
    .option("--forget <run>", "this run whatever its age: what it wrote can no longer be undone");
  addApplyOptions(purge).action((_flags, command: Command) => call(command, async () => (await import("./commands/purge.ts")).purge));
}

function addKeys(program: Command, call: Call): void {
  const rotate = program
    .command("keys")
    .description("the key that the workspace is sealed with")
    .command("rotate")
    .description("put a new key in the place of the workspace's, and seal the snapshots anew")
    .option("--new-key-file <file>", "a file with the new key (default: KAKAO_SYNC_NEW_KEY, or for a key file a new one)");
  addApplyOptions(rotate).action((_flags, command: Command) => call(command, async () => (await import("./commands/keys.ts")).rotateKeys));
}

function addReport(program: Command, call: Call): void {
  program
    .command("report <run>")
    .description("write one HTML file about a run: charts, tables, the review list")
    .option("--to <file>", "where to (default: report.html in the run's folder)")
    .action((run: string, _flags, command: Command) => call(command, async () => (await import("./commands/report.ts")).report, run));
}

function addExplain(program: Command, call: Call): void {
  program
    .command("explain")
    .description("say why a member or a Kakao user got its answer in the last plan")
    .option("--member <id>", "a member id")
    .option("--kakao <id>", "a Kakao id")
    .option("--run <run>", "the plan to explain (default: the newest)")
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/explain.ts")).explain));
}

function addSandbox(program: Command, call: Call): void {
  program
    .command("sandbox")
    .description("start a simulated Kakao and a demo member database to rehearse on; runs until Ctrl-C")
    .option("--folder <folder>", "where the demo database and configuration go (default: kakao-sync-sandbox)")
    .option("--members <n>", "size of the demo population", readCount)
    .option("--port <n>", "port on 127.0.0.1 (default: a free one)", readCount)
    .action((_flags, command: Command) => call(command, async () => (await import("./commands/sandbox.ts")).sandbox));
}

function addDemo(program: Command, call: Call): void {
  program
    .command("demo")
    .description("walk through pull, plan, apply and undo on the sandbox, then clean up")
    .action((_flags, command: Command) => call(command, async () => {
      const [{ demo }, { main }] = await Promise.all([import("./commands/demo.ts"), import("./main.ts")]);
      return (context: Context) => demo(context, main);
    }));
}

function addCompletion(program: Command, call: Call): void {
  program
    .command("completion")
    .description("print a script by which a shell completes commands, flags and their values")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .action((shell: Shell, _flags, command: Command) => call(command, async () => {
      const { renderCompletion } = await import("./cli/completion.ts");
      return async ({ terminal }: Context) => {
        const script = renderCompletion(program, shell);
        terminal.text(script);
        terminal.json({ command: "completion", shell, script });
        return EXIT.done;
      };
    }));
}

function usageError(error: CommanderError, argv: readonly string[]): StartError {
  const { command } = readOutputFlags(argv);
  const help = command === "" || error.code === "commander.unknownCommand" ? "kakao-sync --help" : `kakao-sync ${command} --help`;
  if (command === "runs" && error.code === "commander.excessArguments") {
    return new StartError({ code: "usage", message: "`runs` lists all runs; only `show`, `consents`, `audit` and `abandon` may follow it.", hint: "See `kakao-sync runs --help`." });
  }
  const [message = "", guess = ""] = error.message.replace(/^error: /, "").replace(/^./, (first) => first.toUpperCase()).split("\n");
  return new StartError({ code: "usage", message: message.replace(/[^.]$/, "$&."), hint: `${guess.replace(/^\((.*)\)$/, "$1 ")}See \`${help}\`.` });
}

function* everyCommand(command: Command): Iterable<Command> {
  for (const child of command.commands) {
    yield child;
    yield* everyCommand(child);
  }
}

function commandPath(command: Command): string {
  return command.parent === null || command.parent.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return version;
}
