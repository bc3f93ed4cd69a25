import type { z } from "zod";
import { listKnownKeys } from "./json-schema.ts";
import { findNearest, type Path, type Problem } from "./problems.ts";
import { type RawConfig, rawSchema } from "./schema.ts";

/** A type of which any part may be missing: what rules get to see of a file that the schema found problems in. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? readonly (Loose<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> | undefined }
    : T;

export interface ShapeCheck {
  /** Only if there are no problems. */
  readonly raw?: RawConfig;
  readonly problems: readonly Problem[];
  /** The file without what has problems, and without defaults. */
  readonly readable: Loose<RawConfig>;
}

/** Checks keys, types and single values against the schema. */
export function checkShape(written: unknown): ShapeCheck {
  const value = dropEmpty(written);
  const parsed = rawSchema.safeParse(value);
  if (parsed.success) return { raw: parsed.data, problems: [], readable: value as Loose<RawConfig> };
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], value));
  const firsts = problems.filter((problem, at) => problems.findIndex((other) => isSamePath(other.path, problem.path)) === at);
  return { problems: firsts, readable: (prune(value, firsts.map((problem) => problem.path)) ?? {}) as Loose<RawConfig> };
}

/** In these a null is a value for the database; elsewhere `key:` with nothing behind it means that the key is not given. */
const nullable = new Set(["set", "fixed", "cleared"]);

function dropEmpty(value: unknown, keepNull = false): unknown {
  if (Array.isArray(value)) return value.map((item) => dropEmpty(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && (keepNull || item !== null))
      .map(([key, item]) => [key, dropEmpty(item, nullable.has(key))]),
  );
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, base: Path, value: unknown): Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
  const found = valueAt(value, path);
  if (issue.code === "invalid_union" && typeof found === "object") {
    const branch = issue.errors.find((issues) => issues.every((inner) => inner.code === "unrecognized_keys" || inner.path.length > 0));
    if (branch !== undefined) return branch.flatMap((inner) => describeIssue(inner, path, value));
  }
  return [{ path, what: found === undefined ? "missing" : "this cannot be used", instead: findInstead(issue, path) }];
}

function unknownKey(path: Path, key: string): Problem {
  const known = listKnownKeys(path);
  const nearest = findNearest(key, known);
  return {
    path: [...path, key],
    what: "unknown key",
    instead: nearest === undefined ? `remove it, or write one of ${known.join(", ")}` : `write ${nearest}`,
  };
}

function findInstead(issue: Issue, path: Path): string {
  if (issue.code !== "invalid_type" || (issue.expected !== "object" && issue.expected !== "record")) return issue.message;
  const known = listKnownKeys(path);
  return known.length === 0 ? "write lines of name: value below it" : `write its keys below it: ${known.join(", ")}`;
}

function isSamePath(left: Path, right: Path): boolean {
  return left.length === right.length && left.every((step, at) => step === right[at]);
}

/** The value at a path of plain values, undefined if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = Object.entries(found).find(([key]) => key === String(step))?.[1];
  }
  return found;
}

function prune(value: unknown, paths: readonly Path[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (typeof value !== "object" || value === null || paths.length === 0) return value;
  const below = (key: string): Path[] => paths.filter((path) => String(path[0]) === key).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item, at) => prune(item, below(String(at))));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, prune(item, below(key))]));
}
