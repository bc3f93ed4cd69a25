import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import { InterruptedError } from "../errors.ts";
import { say } from "../say.ts";

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

async function ask(io: QuestionIo, question: Question & { readonly type: "confirm" | "input" }, isYes: (answer: unknown) => boolean): Promise<Answer> {
  return isYes(await prompt(io, question)) ? "yes" : "no";
}

/** A question as inquirer takes it. */
export type Question =
  | { readonly type: "confirm"; readonly message: string; readonly default: false }
  | { readonly type: "input"; readonly message: string; readonly default?: string; readonly validate?: (answer: string) => true | string }
  | { readonly type: "select"; readonly message: string; readonly choices: readonly { readonly name: string; readonly value: unknown; readonly description?: string }[]; readonly default?: unknown; readonly loop: false; readonly pageSize: number };

/** What inquirer says itself, in the language that is spoken. Whatever the words for yes and no are, it takes y and n, too. */
const ownWords = {
  confirm: {
    get theme() {
      const error = ({ yes, no }: { readonly yes: string; readonly no: string }): string => say`You must answer with "${yes}" or "${no}"`;
      return { keywords: { yes: say`Yes`, no: say`No`, error }, style: { defaultAnswer: () => styleText("dim", `(${say`y/N`})`) } };
    },
  },
  input: {},
  select: { theme: { style: { keysHelpTip: (keys: readonly (readonly [string, string])[]) => keys.map(([key, action]) => `${styleText("bold", key)} ${styleText("dim", nameAction(action))}`).join(styleText("dim", " • ")) } } },
} as const;

function nameAction(action: string): string {
  return action === "navigate" ? say`navigate` : action === "select" ? say`select` : action;
}

/** The answer to one question. Ctrl-C throws an InterruptedError. */
export async function prompt({ input, output }: QuestionIo, question: Question): Promise<unknown> {
  const { default: inquirer } = await import("inquirer");
  const asking = inquirer.createPromptModule({ input, output });
  try {
    const { answer } = await asking<{ answer: unknown }>([{ ...question, ...ownWords[question.type], name: "answer" }]);
    return answer;
  } catch (error) {
    if (!(error instanceof Error) || !["ExitPromptError", "AbortPromptError"].includes(error.name)) throw error;
    const message = "Interrupted at a question; nothing was changed by it.";
    throw new InterruptedError({ code: "interrupted", message, hint: "Run the same command again.", cause: error });
  }
}
