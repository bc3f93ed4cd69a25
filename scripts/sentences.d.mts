/** One place of the source where something is said. */
export interface SaidAt {
  readonly file: string;
  readonly line: number;
  /** The English pattern, as a catalogue has it. */
  readonly key: string;
  /** A tagged sentence, a counted noun, a constant, or a sentence with values that nobody tagged. */
  readonly kind: "say" | "count" | "whole" | "untagged";
}
export const NOT_SAID: Readonly<Record<string, string>>;
export const NO_SENTENCE: Readonly<Record<string, string>>;
export function listSentences(folder?: string): Iterable<SaidAt>;
export function listMissing(catalogue: Pick<ReadonlyMap<string, string>, "has">, folder?: string): SaidAt[];
export function readCatalogue(folder?: string): ReadonlyMap<string, string>;
export function listTexts(folder?: string): ReadonlySet<string>;
