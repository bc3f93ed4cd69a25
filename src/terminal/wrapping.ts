import { stripVTControlCharacters } from "node:util";
import { measureWidth } from "./text-width.ts";

/** A line that is a command, as a person copies it: broken, it would be another one. */
const commandLine = /^\s*(\$ )?kakao-sync\b/;

/** `… again: kakao-sync undo RUN`, up to the end of the line or of the sentence. */
const commandAfterColon = /(?<=:) (kakao-sync .+?)(?:\. |\.?$)/;

/** A command in backticks or brackets with what touches it, or a word. */
const unbroken = /\S*`[^`]*`\S*|\(kakao-sync [^)]*\)\S*|\S+/g;

/**
 * Breaks each line that is wider than `width` columns at blanks; what follows keeps the line's indentation. A command is never broken: one after a
 * colon gets a line of its own. Colours take no room.
 */
export function wrapText(text: string, width: number): string {
  return text.split("\n").map((line) => wrapLine(line, width)).join("\n");
}

function wrapLine(line: string, width: number): string {
  if (measure(line) <= width || commandLine.test(line)) return line;
  const indent = /^ */.exec(line)?.[0] ?? "";
  // Of what a split gives back, every second part is what the pattern caught.
  const parts = line.split(commandAfterColon);
  return parts.flatMap((part, at) => (at % 2 === 1 ? [`${indent}  ${part}`] : fillLines(part, width, indent))).join("\n");
}

function fillLines(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.match(unbroken) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && measure(last) + 1 + measure(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

function measure(text: string): number {
  return measureWidth(stripVTControlCharacters(text));
}
