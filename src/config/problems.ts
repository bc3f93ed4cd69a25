import { StartError } from "../errors.ts";
import { say, translate } from "../say.ts";

/** The way to a value in the configuration: keys and list positions. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the configuration. Neither text ever repeats a value: values can be secrets. */
export interface Problem {
  /** Empty for the file as a whole. */
  readonly path: Path;
  readonly what: string;
  /** Starts with a verb: "write …", "remove …". */
  readonly instead: string;
  /** Where, if it is not the place of `path` in the configuration file: `.env:3`, `the environment variable X`. */
  readonly at?: string;
}

/** Members of a list by position, everything else by key: `members.also[0].phone`. */
function renderPath(path: Path): string {
  return path.map((step) => (typeof step === "number" ? `[${String(step)}]` : `.${step}`)).join("").replace(/^\./, "");
}

/** True if `path` is `ancestor` or lies below it. */
export function isWithin(path: Path, ancestor: Path): boolean {
  return ancestor.length <= path.length && ancestor.every((step, at) => path[at] === step);
}

/** One line a problem, in the order of the file; `locate` gives `file:line` of a path. */
export function renderProblem(problem: Problem, locate: (path: Path) => string): string {
  const place = problem.at ?? locate(problem.path);
  const subject = problem.path.length === 0 ? "" : `${renderPath(problem.path)}: `;
  return say`${place}  ${subject}${translate(problem.what)}; ${translate(problem.instead)}`;
}

/** All problems as the one error that is thrown, code `config-invalid`. */
export function configInvalid(file: string, lines: readonly string[]): StartError {
  return new StartError({
    code: "config-invalid",
    message: say`The configuration ${file} has ${countProblems(lines)}:\n${renderLines(lines)}`,
    hint: "Correct these lines, then look with `kakao-sync doctor`.",
  });
}

/** For a sentence about a file and what is wrong with it. */
export function countProblems(lines: readonly string[]): string {
  return lines.length === 1 ? say`one problem` : say`${lines.length} problems`;
}

export function renderLines(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

/** `ci or phone or email`. */
export function joinOr(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : say`${words.slice(0, -1).join(say` or `)} or ${last}`;
}

/** `write ci or phone or email`: what a choice of words says to write instead. */
export function writeOneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? say`write ${last}` : say`write ${words.slice(0, -1).join(say` or `)} or ${last}`;
}

/** The known word that an unknown one most likely means: case, dashes and underscores aside, at most a third of the letters off. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, "");
  const ranked = known
    .map((candidate) => ({ candidate, distance: countEdits(plain(word), plain(candidate)) }))
    .sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = cell(last, at - 1) + (from[row - 1] === to[at - 1] ? 0 : 1);
      let best = Math.min(replaced, cell(last, at) + 1, cell(current, at - 1) + 1);
      if (at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1]) best = Math.min(best, cell(beforeLast, at - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
