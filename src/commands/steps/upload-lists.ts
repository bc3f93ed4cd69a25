import type { Context } from "../../context.ts";
import type { LeftOutRow } from "../../core/targets/targets.ts";
import type { SelectionLists } from "./select-targets.ts";

/** The lists that come with an upload's plan, in its run's folder: codes only. */
export interface UploadLists extends Required<SelectionLists> {
  leftOut(row: LeftOutRow): void;
  finish(): void;
  discard(): void;
}

export function openUploadLists(context: Context, folder: string): UploadLists {
  const { channel, members } = context.config;
  const open = (name: string, columns: readonly string[]) => context.createCsv(`${folder}/${name}`, columns, { readers: "machines" });
  const leftOut = open("left-out.csv", ["place", "member_id", "reason"]);
  const reconfirm = open("reconfirm.csv", ["member_id", "agreed_on", "reconfirmed_on", "due_on", "state"]);
  const badValues = open("bad-values.csv", ["member_id", "field", "why"]);
  const tables = [members.table, ...members.also.map(({ table }) => table)];
  const fields = Object.keys(channel?.fields ?? {});
  const all = [leftOut, reconfirm, badValues];
  return {
    leftOut: ({ place, memberId, reason }) => leftOut.write([tables[place] ?? "", memberId, reason]),
    notice: ({ memberId }, { agreedOn, reconfirmedOn, dueOn, state }) => reconfirm.write([memberId, agreedOn, reconfirmedOn, dueOn, state]),
    badFields: ({ memberId }, bad) => {
      for (const { field, why } of bad) badValues.write([memberId, fields[field] ?? "", why]);
    },
    finish: () => {
      for (const file of all) file.finish();
    },
    discard: () => {
      for (const file of all) file.discard();
    },
  };
}
