import type { UploadBrake } from "../core/targets/upload-brakes.ts";
import { TEXT_FIELDS, type SchemaProblem } from "../core/targets/upload-schema.ts";
import { say, translate } from "../say.ts";

interface Told {
  readonly message: string;
  readonly hint: string;
}

/** Every sentence about brakes and schemas of customer files, in the language that is spoken. */
export interface UploadTexts {
  /** What a brake found, and which number lifts it. */
  brake(brake: UploadBrake): Told;
  /** What Kakao would not take of `channel.fields`. */
  schema(problem: SchemaProblem): Told;
  /** Removals that were answered with 200 and no count. */
  unconfirmed(users: number): string;
}

export const uploadTexts: UploadTexts = {
  brake: ({ code, count, held, allowed }) =>
    code === "removals"
      ? {
          message: say`${number(count)} users are to be removed although nobody refused: the file holds ${number(held)}, and a fifth of that, ${number(allowed)}, goes at once.`,
          hint: say`Look whether --segment, --night, --relation and the configuration are as they should be. If the number is right: --allow-removals ${count}`,
        }
      : {
          message: say`${number(count)} users are to be added: the file holds ${number(held)}, and a fifth of that, ${number(allowed)}, goes at once.`,
          hint: say`Look whether the selection and the columns of channel.marketing are as they should be. If the number is right: --allow-additions ${count}`,
        },
  unconfirmed: (users) =>
    users === 1
      ? say`Kakao does not say whether the removal worked: the answer has no counts. Each was sent in both forms that its documents allow. Look in the partner centre whether one of them is gone.`
      : say`Kakao does not say whether these ${number(users)} removals worked: the answer has no counts. Each was sent in both forms that its documents allow. Look in the partner centre whether one of them is gone.`,
  schema: (problem) => {
    const { message, hint } = describeProblem(problem);
    return { message: translate(message), hint: translate(hint) };
  },
};

function describeProblem(problem: SchemaProblem): Told {
  switch (problem.code) {
    case "no-fields":
      return { message: "channel.fields is empty: Kakao makes no customer file without a field.", hint: "Name at least one field, such as 지역." };
    case "too-many-fields":
      return { message: say`channel.fields has ${problem.fields} fields; a customer file has ${problem.most} at most.`, hint: "Take some out." };
    case "text-field":
      return {
        message: say`The field ${problem.name} would hold text; at Kakao only these may: ${TEXT_FIELDS.join(", ")}.`,
        hint: say`Write type: number for ${problem.name} where its column holds numbers, rename it to one of these, or take it out.`,
      };
  }
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
