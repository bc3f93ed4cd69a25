import type { Readable, Writable } from "node:stream";
import { InterruptedError } from "../errors.ts";

/** `no-terminal`: nobody was asked, because there is nobody to ask. It is a no. */
export type Answer = "yes" | "no" | "no-terminal";

/** Where questions are asked; both ends are terminals. */
export interface QuestionIo {
  readonly input: Readable;
  readonly output: Writable;
}

/** A question with no as its answer to a mere Enter. Ctrl-C throws an InterruptedError. */
export async function askYesOrNo(io: QuestionIo, question: string): Promise<Answer> {
  return ask(io, { type: "confirm", message: question, default: false }, (answer) => answer === true);
}

/** For what destroys: only the number itself, with or without separators, is a yes. */
export async function askForNumber(io: QuestionIo, question: string, number: number): Promise<Answer> {
  return ask(io, { type: "input", message: question }, (answer) => String(answer).replace(/[\s,_]/g, "") === String(number));
}

type Question = { readonly type: "confirm"; readonly message: string; readonly default: false } | { readonly type: "input"; readonly message: string };

async function ask({ input, output }: QuestionIo, question: Question, isYes: (answer: unknown) => boolean): Promise<Answer> {
  const { default: inquirer } = await import("inquirer");
  const prompt = inquirer.createPromptModule({ input, output });
  try {
    const { answer } = await prompt<{ answer: unknown }>([{ ...question, name: "answer" }]);
    return isYes(answer) ? "yes" : "no";
  } catch (error) {
    if (!(error instanceof Error) || !["ExitPromptError", "AbortPromptError"].includes(error.name)) throw error;
    const message = "Interrupted at a question; nothing was changed by it.";
    throw new InterruptedError({ code: "interrupted", message, hint: "Run the same command again.", cause: error });
  }
}
