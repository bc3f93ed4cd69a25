import type { ChannelConfig } from "../../config/config.ts";
import type { Context } from "../../context.ts";
import { arrangeHeader } from "../../core/targets/header.ts";
import { checkSchema, compareSchemas, type FileSchema } from "../../core/targets/upload-schema.ts";
import { RefusedError, StartError } from "../../errors.ts";
import type { CustomerFile } from "../../kakao/channel.ts";
import { uploadTexts } from "../../messages/uploads.ts";
import type { Run } from "../../workspace/runs.ts";
import type { TargetListChanges } from "../../workspace/target-lists.ts";
import { say } from "../../say.ts";
import { nameTargetList } from "./target-list-names.ts";

/** A customer file as the configuration wants it, and as it is found. */
export interface TargetFile {
  readonly name: string;
  /** Its list in the workspace. */
  readonly list: string;
  readonly channel: ChannelConfig;
  readonly schema: FileSchema;
  /** Null: it is still to be made. */
  readonly fileId: number | null;
  /** Filled with `--night` from its first user on. */
  readonly night: boolean;
  /** The upload that the list is as of; null before the first. */
  readonly last: ListStamp | null;
}

/** What the list of a file is as of: written before the first user of an upload is sent, and after its last. */
export interface ListStamp {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** From 1, with every stamp. The workspace's own file keeps it too: a list that was restored from a copy alone is behind. */
  readonly count: number;
}

/** What the workspace keeps with the list of a customer file: all of it was fixed when the file was made. */
export interface FileFacts {
  readonly fileId: number;
  readonly userType: ChannelConfig["idType"];
  readonly phoneAs: ChannelConfig["unconfirmed"]["phoneAs"];
  readonly schema: FileSchema;
  readonly night?: boolean;
  readonly last?: ListStamp;
}

/** Files a channel may have, those uploaded by hand among them (kakao-api.md section 5). */
const mostFiles = 30;

/** The schema that `channel.fields` comes to, in the API's spelling. Throws StartError for what Kakao would not take: a schema can never be changed. */
function readSchema({ idType, fields }: ChannelConfig): FileSchema {
  const header = arrangeHeader("api", idType, Object.keys(fields));
  if (!("names" in header)) throw new StartError({ code: "field-name", message: say`channel.fields holds ${header.name} twice, or as the name of the identifier.`, hint: "Rename or remove one of them." });
  const types = Object.values(fields).map(({ type }) => type);
  const schema = Object.fromEntries(header.names.slice(1).map((name, at) => [name, types[header.order[at] ?? 0] ?? "string"]));
  const [problem, ...others] = checkSchema(schema);
  if (problem === undefined) return schema;
  const told = [problem, ...others].map((one) => uploadTexts.schema(one));
  throw new StartError({ code: "file-schema", message: told.map(({ message }) => message).join("\n"), hint: told.map(({ hint }) => hint).join("\n") });
}

/**
 * Finds the file among those that Kakao lists and those that the workspace knows. Refuses where one knows it and the other does not, and where there is no room for a new one. A run
 * that was `begun` may have made its file without having heard of it: a name that Kakao lists then is for the run itself to judge.
 */
export async function findTargetFile(context: Context, channel: ChannelConfig, name: string, { night, run = "planned" }: { readonly night: boolean; readonly run?: "planned" | "begun" }): Promise<TargetFile> {
  const list = nameTargetList("file", channel, name);
  const schema = readSchema(channel);
  const known = readFacts(context, list);
  const file = { name, list, channel, schema, night, last: known?.last ?? null };
  if (known !== null) refuseOtherKind(name, known, channel, schema);
  if (known?.night === true && !night) throw nightFile(name);
  if (known !== null && countStamps(context, list) > (known.last?.count ?? 0)) throw listBehind(name, known.last);
  if (known === null && run === "begun") return { ...file, fileId: null };
  const files = await context.kakao(context.signal).channel.listFiles(channel.publicId);
  const listed = files.find((file) => (known === null ? file.name === name : file.fileId === known.fileId));
  if (known === null) {
    if (listed !== undefined) throw fileUnknown(name);
    if (files.length >= mostFiles) throw filesFull(files.length);
    return { ...file, fileId: null };
  }
  if (listed === undefined) throw fileGone(name, known.fileId);
  refuseOtherSchema(name, listed, schema);
  return { ...file, fileId: known.fileId };
}

/** The facts of a file's list; null where the workspace has none. */
export function readFacts(context: Context, list: string): FileFacts | null {
  return context.workspace().targetLists.facts(list) as FileFacts | null;
}

/** Writes the list anew, as of this run: the list first, so that a killed process leaves it ahead and never behind. */
export function stampList(context: Context, list: string, run: Run, changes: TargetListChanges): void {
  const facts = readFacts(context, list);
  const count = Math.max(facts?.last?.count ?? 0, countStamps(context, list)) + 1;
  const last: ListStamp = { run: run.id, at: new Date(context.now()).toISOString(), count };
  changes.settle({ ...facts, last });
  context.workspace().settings.set(stampSetting(list), count);
}

function countStamps(context: Context, list: string): number {
  return Number(context.workspace().settings.get(stampSetting(list)) ?? 0);
}

const stampSetting = (list: string): string => `channel.stamps|${list}`;

/** What was fixed when the file was made must be what the configuration says now. */
function refuseOtherKind(name: string, known: FileFacts, { idType, unconfirmed }: ChannelConfig, schema: FileSchema): void {
  if (known.userType !== idType) throw fileDiffers(name, say`It was made for channel.idType ${known.userType}`, "idType");
  if (idType === "phone" && known.phoneAs !== unconfirmed.phoneAs) throw fileDiffers(name, say`Its numbers were sent as ${known.phoneAs}…`, "unconfirmed.phoneAs");
  const differing = compareSchemas(known.schema, schema);
  if (differing.length > 0) throw schemaDiffers(name, differing);
}

/** Kakao shows no schema while a file has no valid customer (kakao-api.md 8.2). */
export function refuseOtherSchema(name: string, { schema: shown = {} }: CustomerFile, schema: FileSchema): void {
  if (Object.keys(shown).length === 0) return;
  const differing = compareSchemas(shown, schema);
  if (differing.length > 0) throw schemaDiffers(name, differing);
}

const startAnew = (name: string): string => say`start a new file under another name (--file NAME), send with that one, and delete ${name} in the partner centre: whoever refuses is not removed from it any more.`;

export function fileUnknown(name: string): RefusedError {
  return new RefusedError({
    code: "customer-file-unknown",
    message: say`The channel has a customer file ${name}, and this workspace does not know whom it holds: nobody who refuses could be removed from it.`,
    hint: say`Restore targets.db of the workspace that made it, but only from a copy made after the last upload into the file: an older one has forgotten whom it was given since. Else, or if the file was uploaded by hand, ${startAnew(name)}`,
  });
}

function listBehind(name: string, last: ListStamp | undefined): RefusedError {
  return new RefusedError({
    code: "customer-file-list-old",
    message:
      last === undefined ? say`The list of whom the customer file ${name} holds is older than its first upload, and this workspace has uploaded into it since: targets.db was restored from an older copy. Nobody who was added since could be removed.`
      : say`The list of whom the customer file ${name} holds is as of run ${last.run} (${last.at}), and this workspace has uploaded into it since: targets.db was restored from an older copy. Nobody who was added since could be removed.`,
    hint: say`Restore targets.db from a copy made after the last upload. If there is none, ${startAnew(name)}`,
  });
}

function nightFile(name: string): RefusedError {
  return new RefusedError({
    code: "customer-file-night",
    message: say`The customer file ${name} was made with --night: it holds only members who may be written to between 21:00 and 08:00.`,
    hint: "Upload into it with --night, or into another file: --file NAME",
  });
}

export function filesFull(files: number): RefusedError {
  return new RefusedError({
    code: "customer-files-full",
    message:
      files < mostFiles ? say`The channel has 30 customer files with those uploaded by hand; more than 30 Kakao does not take. No file was made.`
      : say`The channel has ${files} customer files; more than 30 Kakao does not take. No file was made.`,
    hint: "Delete one that is no longer used in the partner centre, or upload into one that this workspace knows: --file NAME",
  });
}

function fileGone(name: string, fileId: number): RefusedError {
  return new RefusedError({
    code: "customer-file-gone",
    message: say`Kakao no longer lists the customer file ${name} (${fileId}) that this workspace has filled.`,
    hint: "Look at the channel's files in the partner centre, and whether channel.publicId is this channel. If it was deleted, start a new file under another name: --file NAME",
  });
}

function fileDiffers(name: string, was: string, key: string): RefusedError {
  return new RefusedError({ code: "customer-file-differs", message: say`The customer file ${name} does not fit the configuration. ${was}, and one file holds one kind of identifiers.`, hint: say`Put channel.${key} back, or ${startAnew(name)}` });
}

function schemaDiffers(name: string, fields: readonly string[]): RefusedError {
  return new RefusedError({
    code: "customer-file-schema",
    message: say`The customer file ${name} has other fields than channel.fields, and a file's fields never change. They differ in: ${fields.join(", ")}.`,
    hint: say`Put channel.fields back, or ${startAnew(name)}`,
  });
}
