import { translate } from "../say.ts";
import { prompt, type QuestionIo } from "./confirm.ts";

/** One of several answers. */
export interface Choice<Value> {
  readonly name: string;
  readonly value: Value;
  /** A line below the list while the choice is pointed at. */
  readonly description?: string;
}

/** What a typed answer must be, and what a mere Enter means. */
export interface TextWish {
  readonly preset?: string;
  /** Why the answer does not do, as a sentence; undefined where it does. */
  readonly refuse?: (answer: string) => string | undefined;
}

/** Rows of a list that are seen at once. */
const pageSize = 12;

/** One of the choices; without `preset` the first is pointed at. Ctrl-C throws an InterruptedError. */
export async function askChoice<Value>(io: QuestionIo, question: string, choices: readonly Choice<Value>[], preset?: Value): Promise<Value> {
  const at = Math.max(0, choices.findIndex(({ value }) => value === preset));
  const answer = Number(await prompt(io, { type: "select", message: question, choices: choices.map((choice, value) => ({ ...choice, value })), default: at, loop: false, pageSize }));
  const chosen = choices[answer];
  if (chosen === undefined) throw new Error("an answer that was not among the choices");
  return chosen.value;
}

/** A line of text, trimmed. Ctrl-C throws an InterruptedError. */
export async function askText(io: QuestionIo, question: string, { preset, refuse = () => undefined }: TextWish = {}): Promise<string> {
  const validate = (answer: string): true | string => {
    const why = refuse(answer.trim());
    return why === undefined || translate(why);
  };
  return String(await prompt(io, { type: "input", message: question, ...(preset === undefined ? {} : { default: preset }), validate })).trim();
}
