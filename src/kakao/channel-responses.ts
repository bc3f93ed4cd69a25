import { z } from "zod";
import type { KakaoId } from "../core/kakao-id.ts";
import type { ChannelRelation, CustomerFile, CustomerFileCounts } from "./channel.ts";
import { check, kakaoId, text, type Checked } from "./responses.ts";

/** A user of the call for several; `relation` is null where the answer does not speak of the channel. */
export interface UserRelation {
  readonly id: KakaoId;
  readonly relation: ChannelRelation | null;
}

const relations: Readonly<Record<"ADDED" | "BLOCKED" | "NONE", ChannelRelation>> = { ADDED: "added", BLOCKED: "blocked", NONE: "none" };

const userChannels = z.object({
  user_id: kakaoId,
  channels: z.array(z.object({ channel_public_id: z.string(), relation: z.enum(["ADDED", "BLOCKED", "NONE"]) })),
});

/** Several users come as a bare array; `elements` is what other calls may have, too (kakao-api.md 3.11, 3.2). */
const severalUsers = z.union([z.array(userChannels), z.object({ elements: z.array(userChannels) }).transform((answer) => answer.elements)]);

// Ids and counts are small numbers; longer ones are the text that parseExactJson made of them, and no number that could be sent back.
const small = z.union([z.int(), z.string().regex(/^\d{1,15}$/).transform(Number)]).refine((value) => value >= 0);

/** The names that an answer's list, and a file's id and name, may have: Kakao does not document them (kakao-api.md 8.2). */
const listNames = ["files", "target_user_files", "target_user_file", "elements", "results", "data"];
const idNames = ["file_id", "id", "target_user_file_id"];
const nameNames = ["file_name", "name", "target_user_file_name", "title"];

const file = z.preprocess(
  (value) => (isRecord(value) ? { fileId: pick(value, idNames), name: pick(value, nameNames), status: value["status"], schema: value["schema"] } : value),
  z
    .object({ fileId: small, name: text.catch(null), status: text.catch(null), schema: z.record(z.string(), z.string()).nullish().catch(null) })
    .transform(({ fileId, name, status, schema }): CustomerFile => ({
      fileId,
      ...(name === null ? {} : { name }),
      ...(status === null ? {} : { status }),
      ...(schema === null || schema === undefined ? {} : { schema }),
    })),
);
const files = z.preprocess((answer) => (isRecord(answer) ? pick(answer, listNames) : answer), z.array(file));

const made = z.object({ file_id: small }).transform((answer) => answer.file_id);

const count = small.nullish().transform((value) => value ?? null);
const counts = z
  .object({ file_id: count, request_count: count, success_count: count })
  .transform((answer): CustomerFileCounts & { readonly fileId: number | null } => ({ fileId: answer.file_id, requested: answer.request_count, succeeded: answer.success_count }));

/** What each answered user is to the channel. */
export function checkRelations(channelPublicId: string): (body: unknown) => Checked<UserRelation[]> {
  const shape = severalUsers.transform((users) =>
    users.map(({ user_id: id, channels }): UserRelation => {
      const found = channels.find((channel) => channel.channel_public_id === channelPublicId);
      return { id, relation: found === undefined ? null : relations[found.relation] };
    }),
  );
  return (body) => check(shape, body);
}

/** A list whose every file has an id: an answer without a list, or with a file that has no id, is none. */
export function checkCustomerFiles(body: unknown): Checked<CustomerFile[]> {
  return check(files, body);
}

export function checkNewFile(body: unknown): Checked<number> {
  return check(made, body);
}

export function checkCounts(body: unknown): Checked<CustomerFileCounts & { readonly fileId: number | null }> {
  return check(counts, body);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  return names.map((name) => from[name]).find((value) => value !== undefined && value !== null);
}
