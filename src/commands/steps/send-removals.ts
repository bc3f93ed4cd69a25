import type { ChannelConfig } from "../../config/config.ts";
import type { Context } from "../../context.ts";
import type { PartAnswer } from "../../core/targets/send-parts.ts";
import type { CustomerFileAnswer } from "../../kakao/channel.ts";

/** Code of a removal that Kakao, which counts only whom it finds, did not count among others: it may have been one of the others, and it may not be in the file any more. */
export const NOT_FOUND = "not-found";

type RemoveAs = ChannelConfig["unconfirmed"]["removeAs"];

/**
 * What is known of removals from a channel's files of one kind of identifiers: the form that Kakao has counted as successful once (a wrong one is answered with 200, too),
 * and whether it counts every well-formed identifier, or only those that it finds (kakao-api.md 8.4 leaves both open).
 */
interface KnownForm {
  readonly removeAs: RemoveAs;
  readonly counts: "given" | "present";
}

/** Sends requests that remove users, and judges by Kakao's counts which of them are gone. */
export interface Removals {
  /** `perhaps`: nobody knows whether the file held them. */
  send(ids: readonly bigint[], are: "held" | "perhaps"): Promise<PartAnswer>;
  /** So far: users in requests that were answered without counts while no form was known to be right, and requests beyond one a call. */
  soFar(): { readonly unconfirmed: number; readonly more: number };
}

export function createRemovals(context: Context, { publicId, idType, unconfirmed: { removeAs } }: ChannelConfig, remove: (ids: readonly bigint[], removeAs: RemoveAs) => Promise<CustomerFileAnswer>): Removals {
  const { settings } = context.workspace();
  const name = `channel.removals|${publicId}|${idType}`;
  let known = readForm(settings.get(name), removeAs);
  let [unconfirmed, more] = [0, 0];
  return {
    send: async (ids, are) => {
      const answer = await remove(ids, removeAs);
      if (answer.outcome === "refused") return { taken: false, code: String(answer.code ?? "refused") };
      const { succeeded, repeated } = answer;
      if (known === null && (succeeded === null || (succeeded === 0 && (repeated || are === "perhaps")))) {
        // This answer tells nothing: with the other form the right one has been sent for certain. Where that one is counted, the configured one is wrong.
        const other = await remove(ids, removeAs === "ids" ? "objects" : "ids");
        more += 1;
        if (other.outcome === "answered" && (other.succeeded ?? 0) > 0) return { taken: false, code: "not-counted" };
        unconfirmed += ids.length;
        return { taken: true };
      }
      if (known === null && succeeded !== null && succeeded > 0) {
        known = { removeAs, counts: countsAgain(await remove(ids, removeAs), succeeded) ? "given" : "present" };
        more += 1;
        settings.set(name, `${known.removeAs} ${known.counts}`);
      }
      if (succeeded === null || succeeded === ids.length) return { taken: true };
      if (known === null) return { taken: false, code: "not-counted" };
      if (repeated || are === "perhaps") return { taken: true };
      return known.counts === "present" ? { taken: false, code: NOT_FOUND, whole: true } : { taken: false, code: "not-counted" };
    },
    soFar: () => ({ unconfirmed, more }),
  };
}

/** Null also where another form was known: nobody has seen this one work. */
function readForm(text: unknown, removeAs: RemoveAs): KnownForm | null {
  return text === `${removeAs} given` || text === `${removeAs} present` ? { removeAs, counts: text === `${removeAs} present` ? "present" : "given" } : null;
}

/** The same users once more: whoever counts only whom it finds counts them no more. */
function countsAgain(answer: CustomerFileAnswer, before: number): boolean {
  return answer.outcome !== "answered" || answer.succeeded === null || answer.succeeded >= before;
}
