import type { Context } from "../../context.ts";
import { findId } from "../../core/targets/find-id.ts";
import { isUpload, readUploadPlan } from "./read-upload-plan.ts";
import { nameTargetList } from "./target-list-names.ts";
import { readFacts, type TargetFile } from "./upload-file.ts";

/** Another customer file of the channel that holds, as far as is known, users who were to leave this one at any rate. */
export interface StillIn {
  readonly file: string;
  readonly users: number;
  /** Of the last upload into it, which has to be made again. */
  readonly flags: string;
}

/** In which other files of the channel, with the same kind of identifiers, people who refuse, have withdrawn or are gone still are. Holds one list at a time. */
export function findStillIn(context: Context, { list, channel }: TargetFile, always: BigUint64Array): readonly StillIn[] {
  if (always.length === 0) return [];
  const { targetLists } = context.workspace();
  const prefix = nameTargetList("file", channel, "");
  const others = targetLists.names().filter((name) => name.startsWith(prefix) && name !== list && readFacts(context, name)?.userType === channel.idType);
  return others.flatMap((name) => {
    const ids = targetLists.read(name)?.ids ?? new BigUint64Array();
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    const users = always.reduce((count, id) => (findId(halves, id) < 0 ? count : count + 1), 0);
    return users === 0 ? [] : [{ file: name.slice(prefix.length), users, flags: readFlags(context, name) }];
  });
}

/** Flags that make the same selection as the last upload into a file. */
function readFlags(context: Context, list: string): string {
  const last = readFacts(context, list)?.last?.run;
  const run = context.workspace().runs.list().find(({ id }) => id === last);
  if (run === undefined || !isUpload(run)) return "with the flags of the last upload into it";
  const { file } = readUploadPlan(run).upload;
  const { segment, night, relation, excludeOverdue } = readUploadPlan(run).asked;
  return [`--file ${JSON.stringify(file)}`, ...(segment === null ? [] : [`--segment ${segment}`]), ...(night ? ["--night"] : []), ...(relation ? ["--relation"] : []), ...(excludeOverdue ? ["--exclude-overdue"] : [])].join(" ");
}
