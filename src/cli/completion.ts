import type { Command } from "commander";
import { completeBash } from "./completion-bash.ts";
import { completeFish } from "./completion-fish.ts";
import { completeZsh } from "./completion-zsh.ts";
import { type CommandShape, describeCommands } from "./command-shape.ts";

/** The shells that the command takes. */
export type Shell = "bash" | "zsh" | "fish";

const renderers: Readonly<Record<Shell, (commands: readonly CommandShape[]) => string>> = { bash: completeBash, zsh: completeZsh, fish: completeFish };

/** The script by which a shell completes the commands of this tree, their flags, and values that are words, files or runs. */
export function renderCompletion(program: Command, shell: Shell): string {
  return renderers[shell](describeCommands(program));
}
