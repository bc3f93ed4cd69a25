import { type Command, Option } from "commander";
import { addApplyOptions, addRefreshOption, addUntilOption, kindsOption, readCount, readDuration, readPlaceCount, wordOption } from "../commands/shared-options.ts";
import type { Call } from "./call.ts";

// The commands that take snapshots and plan or change links.

export function addPull(program: Command, call: Call): void {
  const pull = program
    .command("pull")
    .description("take or refresh the snapshot of the app's Kakao users")
    .option("--diff", "list the ids that are new, gone and back");
  addUntilOption(addRefreshOption(pull)).action((_flags, command: Command) => call(command, async () => (await import("../commands/pull.ts")).pull));
}

export function addMapMembers(program: Command, call: Call): void {
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
  addRefreshOption(addApplyOptions(map)).action((_flags, command: Command) => call(command, async () => (await import("../commands/map-members.ts")).mapMembers));
}

export function addUnlinkOrphans(program: Command, call: Call): void {
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
  addApplyOptions(unlink).action((_flags, command: Command) => call(command, async () => (await import("../commands/unlink-orphans.ts")).unlinkOrphans));
}

export function addUndo(program: Command, call: Call): void {
  const undo = program
    .command("undo <run>")
    .description("take the links of an applied run away again")
    .option("--include-used", "also links of members who have signed in since")
    // The command itself refuses other words, without repeating what may be a phone number.
    .addOption(new Option("--by <key>", "only links that this decided: ci, phone, email or decision").choices(["ci", "phone", "email", "decision"]).argParser(String))
    .option("--only <file>", "only the members of this list: a csv file with a column member_id");
  addApplyOptions(undo).action((run: string, _flags, command: Command) => call(command, async () => (await import("../commands/undo.ts")).undo, run));
}
