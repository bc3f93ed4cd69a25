import type { z } from "zod";
import { say } from "../say.ts";
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
  const firsts = listShapeProblems(parsed.error.issues, value, listKnownKeys);
  return { problems: firsts, readable: (prune(value, firsts.map((problem) => problem.path)) ?? {}) as Loose<RawConfig> };
}

/** In these a null is a value for the database; elsewhere `key:` with nothing behind it means that the key is not given. */
const nullable = new Set(["set", "fixed", "cleared"]);

/** Without keys that have nothing behind them. */
export function dropEmpty(value: unknown, keepNull = false): unknown {
  if (Array.isArray(value)) return value.map((item) => dropEmpty(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && (keepNull || item !== null))
      .map(([key, item]) => [key, dropEmpty(item, nullable.has(key))]),
  );
}

type Issue = z.core.$ZodIssue;
type KnownKeys = (path: Path) => string[];

/** What a schema says about a file's plain values, one problem a place. */
export function listShapeProblems(issues: readonly Issue[], value: unknown, known: KnownKeys): Problem[] {
  const problems = issues.flatMap((issue) => describeIssue(issue, [], value, known));
  return problems.filter((problem, at) => problems.findIndex((other) => isSamePath(other.path, problem.path)) === at);
}

function describeIssue(issue: Issue, base: Path, value: unknown, known: KnownKeys): Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, known(path)));
  const found = valueAt(value, path);
  if (issue.code === "invalid_union" && typeof found === "object") {
    const branch = issue.errors.find((issues) => issues.every((inner) => inner.code === "unrecognized_keys" || inner.path.length > 0));
    if (branch !== undefined) return branch.flatMap((inner) => describeIssue(inner, path, value, known));
  }
  return [{ path, what: found === undefined ? "missing" : "this cannot be used", instead: findInstead(issue, known(path)) }];
}

function unknownKey(path: Path, key: string, known: readonly string[]): Problem {
  const nearest = findNearest(key, known);
  return {
    path: [...path, key],
    what: "unknown key",
    instead: nearest === undefined ? say`remove it, or write one of ${known.join(", ")}` : say`write ${nearest}`,
  };
}

function findInstead(issue: Issue, known: readonly string[]): string {
  if (issue.code !== "invalid_type" || (issue.expected !== "object" && issue.expected !== "record")) return issue.message;
  return known.length === 0 ? "write lines of name: value below it" : say`write its keys below it: ${known.join(", ")}`;
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
