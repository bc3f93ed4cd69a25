import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Path, Problem } from "./problems.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variables that configuration may use: the process's own, and behind them those of a `.env` beside the file. */
export interface Environment {
  /** undefined if not set; an empty variable counts as not set. */
  readonly get: (name: string) => string | undefined;
  readonly problems: readonly Problem[];
}

export function readEnvironment(folder: string, own: Variables): Environment {
  const text = readIfThere(join(folder, ".env"));
  const { variables, problems } = parseEnvFile(text ?? "");
  return { get: (name) => own[name] || variables.get(name) || undefined, problems };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Lines `NAME=value`, with an optional `export`, comments and blank lines. A value in single quotes is taken as it is, in double
 * quotes `\n`, `\"` and `\\` are read; a bare value ends before ` #`. A line that is none of these is a problem, not repeated.
 */
export function parseEnvFile(text: string): { variables: Map<string, string>; problems: Problem[] } {
  const variables = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [at, line] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, written] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const value = written === undefined ? undefined : readEnvValue(written);
    if (name === undefined || value === undefined) {
      problems.push({ path: [], at: `.env:${String(at + 1)}`, what: "this is no variable", instead: `write NAME=value or NAME="value"` });
    } else {
      variables.set(name, value);
    }
  }
  return { variables, problems };
}

function readEnvValue(written: string): string | undefined {
  const quote = written[0];
  if (quote === "'") return /^'([^']*)'\s*(?:#.*)?$/.exec(written)?.[1];
  if (quote !== '"') return written.replace(/(^|\s)#.*$/, "").trimEnd();
  const inner = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/.exec(written)?.[1];
  return inner?.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}

/** A configuration with its `${NAME}` filled in, and what could not be. */
export interface Interpolated {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Paths left out of `value` because a variable is not set, with the variable's name. */
  readonly unset: readonly { readonly path: Path; readonly variable: string }[];
}

/** Fills `${NAME}` in every text of a value; texts come back as texts, whatever they look like. */
export function interpolate(value: unknown, environment: Environment): Interpolated {
  const problems: Problem[] = [];
  const unset: { path: Path; variable: string }[] = [];

  const fillText = (text: string, path: Path): string | undefined => {
    if (/\$\{(?![A-Za-z_]\w*\})/.test(text)) {
      problems.push({ path, what: "${ does not start a variable here", instead: "write ${NAME}, with letters, digits and _ only" });
    }
    const variable = [...text.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].map(([, name]) => name ?? "").find((name) => environment.get(name) === undefined);
    if (variable !== undefined) {
      unset.push({ path, variable });
      return undefined;
    }
    return text.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => environment.get(name) ?? "");
  };

  const fill = (part: unknown, path: Path): unknown => {
    if (typeof part === "string") return fillText(part, path);
    if (Array.isArray(part)) return part.map((item, at) => fill(item, [...path, at]));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, fill(item, [...path, key])]));
  };
  return { value: fill(value, []), problems, unset };
}
