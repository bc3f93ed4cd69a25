import { type Answer, Refusal, refusal, succeed } from "../answers.ts";
import type { CustomerFile } from "../customer-files.ts";
import { invalid } from "../parameters.ts";
import type { Operation, World } from "../world.ts";
import { requireChannel, requireChannelProduct, requireJson } from "./channels.ts";
import { readRemoval, readRow, readSchema, type RowRules } from "./file-rules.ts";

const mostFiles = 30;
const mostUsers = 2_000;

/** `POST /v1/talkchannel/create/target_user_file` (kakao-api.md 8.1): -817 for a name in use, -818 beyond 30 files. */
export const createFile: Operation = (world, _parameters, body) => {
  const { channel_public_id: channel, file_name: name, schema } = requireJson(body);
  requireChannelProduct(world);
  const { publicId } = requireChannel(world, channel);
  if (typeof name !== "string" || name.trim() === "") throw invalid("file_name");
  const checked = readSchema(schema);
  const files = world.files.all(publicId);
  if (files.some((file) => file.name === name)) throw refusal(-817);
  if (files.length >= mostFiles) throw refusal(-818);
  return succeed(`{"file_id":${world.files.create(publicId, name, checked).id}}`);
};

/** `GET /v1/talkchannel/target_user_file` (kakao-api.md 8.2): a file without a valid customer shows an empty schema. */
export const listFiles: Operation = (world, parameters) => {
  requireChannelProduct(world);
  const { publicId } = requireChannel(world, parameters.get("channel_public_id"));
  const { handFilesListed, fileList } = world.settings;
  const files = world.files.all(publicId).filter(({ byHand }) => handFilesListed || !byHand).map((file) => ({
    [fileList.id]: file.id, [fileList.name]: file.name, status: "COMPLETE", schema: isEmpty(file) ? {} : file.schema,
  }));
  return succeed(JSON.stringify(fileList.list === null ? files : { [fileList.list]: files }));
};

/** `POST /v1/talkchannel/update/target_users` (kakao-api.md 8.3): up to 2,000 users; a malformed row is no success, and nothing says which it was. */
export const addUsers: Operation = (world, _parameters, body) => {
  const { file, rules, entries } = readRequest(world, body, "users");
  const rows = entries.map((entry) => readRow(rules, entry));
  refuseMalformed(world, rows, "users");
  for (const row of rows) if (row !== undefined) world.files.add(file.id, rules.type, row.id, row.fields);
  return succeed(counts(file, rows.length, rows.filter((row) => row !== undefined).length));
};

/** `POST /v1/talkchannel/delete/target_users` (kakao-api.md 8.4). */
export const removeUsers: Operation = (world, _parameters, body) => {
  const { file, rules, entries } = readRequest(world, body, "user_ids");
  const ids = entries.map((entry) => readRemoval(rules, entry));
  refuseMalformed(world, ids, "user_ids");
  const present = ids.filter((id) => id !== undefined && world.files.remove(file.id, rules.type, id)).length;
  const succeeded = world.settings.removeCounts === "present" ? present : ids.filter((id) => id !== undefined).length;
  return answerRemoval(world, file, entries.length, succeeded);
};

function readRequest(world: World, body: unknown, member: "users" | "user_ids"): { file: CustomerFile; rules: RowRules; entries: readonly unknown[] } {
  const { channel_public_id: channel, file_id: fileId, user_type: type, [member]: entries } = requireJson(body);
  requireChannelProduct(world);
  const { publicId } = requireChannel(world, channel);
  if (type !== "app" && type !== "phone") throw invalid("user_type");
  const file = typeof fileId === "number" ? world.files.get(fileId) : undefined;
  if (file?.channelPublicId !== publicId) throw refusal(-816);
  if (!Array.isArray(entries) || entries.length === 0) throw invalid(member);
  if (entries.length > mostUsers) throw new Refusal(-2, `${member} size must be less than or equal to ${mostUsers}`);
  const { settings, files } = world;
  return { file, rules: { settings, files, type, schema: file.schema }, entries };
}

function refuseMalformed({ settings }: World, rows: readonly unknown[], member: string): void {
  if (settings.malformedRows === "refused" && rows.includes(undefined)) throw invalid(member);
}

function answerRemoval({ settings }: World, file: CustomerFile, requested: number, succeeded: number): Answer {
  switch (settings.removeAnswer) {
    case "counts":
      return succeed(counts(file, requested, succeeded));
    case "file-id":
      return succeed(`{"file_id":${file.id}}`);
    case "object":
      return succeed("{}");
    case "nothing":
      return succeed("");
  }
}

function counts({ id }: CustomerFile, requested: number, succeeded: number): string {
  return JSON.stringify({ file_id: id, request_count: requested, success_count: succeeded });
}

function isEmpty({ users }: CustomerFile): boolean {
  return users.app.size === 0 && users.phone.size === 0;
}
