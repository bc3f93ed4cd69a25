import { rmSync } from "node:fs";
import type { Context } from "../../context.ts";
import type { LeftOutRow } from "../../core/targets/targets.ts";
import type { SelectionLists } from "./select-targets.ts";

/** The lists that come with a customer file or with the plan of an upload: codes only. */
export interface SelectionFiles extends Required<SelectionLists> {
  leftOut(row: LeftOutRow): void;
  /** Puts them in their places, and answers where. */
  finish(): readonly string[];
  /** Gives them up, those that are in their places already, too. */
  discard(): void;
}

/** `left-out.csv`, `reconfirm.csv` and `bad-values.csv` in that folder. */
export function openSelectionFiles(context: Context, folder: string): SelectionFiles {
  const { channel, members } = context.config;
  const open = (name: string, columns: readonly string[]) => context.createCsv(`${folder}/${name}`, columns, { readers: "machines" });
  const leftOut = open("left-out.csv", ["place", "member_id", "reason"]);
  const reconfirm = open("reconfirm.csv", ["member_id", "agreed_on", "reconfirmed_on", "due_on", "state"]);
  const badValues = open("bad-values.csv", ["member_id", "field", "why"]);
  const tables = [members.table, ...members.also.map(({ table }) => table)];
  const fields = Object.keys(channel?.fields ?? {});
  const all = [reconfirm, leftOut, badValues];
  const placed: string[] = [];
  return {
    leftOut: ({ place, memberId, reason }) => leftOut.write([tables[place] ?? "", memberId, reason]),
    notice: ({ memberId }, { agreedOn, reconfirmedOn, dueOn, state }) => reconfirm.write([memberId, agreedOn, reconfirmedOn, dueOn, state]),
    badFields: ({ memberId }, bad) => {
      for (const { field, why } of bad) badValues.write([memberId, fields[field] ?? "", why]);
    },
    finish: () => {
      for (const file of all) placed.push(file.finish().path);
      return placed;
    },
    discard: () => {
      for (const file of all) file.discard();
      for (const path of placed) rmSync(path, { force: true });
    },
  };
}
