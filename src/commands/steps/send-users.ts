import type { Context } from "../../context.ts";
import { renderTargetId } from "../../core/targets/header.ts";
import { sendInParts, type PartAnswer, type SentParts } from "../../core/targets/send-parts.ts";
import type { FieldValue } from "../../core/targets/targets.ts";
import { FailedError } from "../../errors.ts";
import type { CustomerFileAnswer, KakaoChannel } from "../../kakao/channel.ts";
import type { UploadRow } from "../../workspace/upload-store.ts";
import { say } from "../../say.ts";
import { createRemovals } from "./send-removals.ts";
import type { TargetFile } from "./upload-file.ts";

/** What became of users that were sent. */
export interface SentUsers extends SentParts<UploadRow> {
  /** Removals among the taken that Kakao has not counted, in a form that it has never counted. */
  readonly unconfirmed: number;
}

/** Adds users to a customer file, or removes them, each request halved where Kakao does not take all of it. The digest of a row to remove is 0 where the file only may hold it. */
export interface UserSender {
  add(rows: readonly UploadRow[]): Promise<SentUsers>;
  remove(rows: readonly UploadRow[]): Promise<SentUsers>;
}

/** So many users refused alone, and none taken: something is wrong with all of them. */
const mostRefused = 20;

export function createSender(context: Context, { channel: config, schema }: TargetFile, fileId: number, channel: KakaoChannel): UserSender {
  const request = { fileId, channelPublicId: config.publicId, userType: config.idType };
  const names = Object.keys(schema);
  const toText = (id: bigint): string => (config.idType === "phone" && config.unconfirmed.phoneAs === "010" ? renderTargetId("phone", id) : String(id));
  const series = { taken: 0, refused: 0 };
  const guarded = async (rows: readonly UploadRow[], what: "add" | "remove", send: (part: readonly UploadRow[]) => Promise<PartAnswer>): Promise<SentParts<UploadRow>> =>
    sendInParts(
      rows,
      async (part) => {
        const answer = await send(part);
        if (answer.taken) series.taken += part.length;
        return answer;
      },
      () => {
        series.refused += 1;
        if (series.taken === 0 && series.refused >= mostRefused) throw allRefused(what);
      },
    );
  const removals = createRemovals(context, config, (ids, removeAs) => channel.removeUsers({ ...request, ids: ids.map(toText), removeAs }));
  return {
    add: async (rows) => {
      const sent = await guarded(rows, "add", async (part) => readAdded(await channel.addUsers({ ...request, users: part.map(([id, , , , fields]) => ({ id: toText(id), field: toFields(names, fields) })) }), part.length));
      return { ...sent, unconfirmed: 0 };
    },
    remove: async (rows) => {
      const before = removals.soFar();
      const [certain, perhaps] = [rows.filter(([, , , digest]) => digest !== 0n), rows.filter(([, , , digest]) => digest === 0n)];
      const first = await guarded(certain, "remove", (part) => removals.send(part.map(([id]) => id), "held"));
      const second = await guarded(perhaps, "remove", (part) => removals.send(part.map(([id]) => id), "perhaps"));
      const after = removals.soFar();
      const requests = first.requests + second.requests + after.more - before.more;
      return { taken: [...first.taken, ...second.taken], refused: [...first.refused, ...second.refused], requests, unconfirmed: after.unconfirmed - before.unconfirmed };
    },
  };
}

/** Only what has a value is sent. */
function toFields(names: readonly string[], fields: readonly FieldValue[]): Readonly<Record<string, string | number>> {
  return Object.fromEntries(names.flatMap((name, at) => (fields[at] === null || fields[at] === undefined ? [] : [[name, fields[at]]])));
}

/** 200 says little: a wrong member name is answered with it and no success (kakao-api.md 8.3). */
function readAdded(answer: CustomerFileAnswer, users: number): PartAnswer {
  if (answer.outcome === "refused") return { taken: false, code: String(answer.code ?? "refused") };
  if (answer.requested === null || answer.succeeded === null) {
    throw new FailedError({ code: "kakao-unexpected-answer", message: "Kakao answered without saying how many users it took.", hint: "Look in the partner centre whether the file holds them, and whether Kakao's API has changed, before you go on." });
  }
  return answer.requested === users && answer.succeeded === users ? { taken: true } : { taken: false, code: "not-counted" };
}

function allRefused(what: "add" | "remove"): FailedError {
  return new FailedError({
    code: "users-refused",
    message: say`Kakao took none of the first ${mostRefused} users that were sent one by one.`,
    hint:
      what === "add"
        ? "Look at channel.idType, at channel.unconfirmed.phoneAs for numbers, and whether the values of channel.fields are what the file's fields take."
        : "Look at channel.unconfirmed.removeAs: Kakao's documents leave open how removed users are listed. Try the other one.",
  });
}
