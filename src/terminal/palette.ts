import { Chalk } from "chalk";

/** The few ways in which text may stand out. Without colours each gives back its text as it is. */
export interface Palette {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function createPalette(colored: boolean): Palette {
  const chalk = new Chalk({ level: colored ? 1 : 0 });
  return { strong: chalk.bold, faint: chalk.dim, good: chalk.green, warning: chalk.yellow, bad: chalk.red };
}
