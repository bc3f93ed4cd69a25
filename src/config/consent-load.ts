import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { z } from "zod";
import { ITEMS } from "../core/consent/items.ts";
import type { ConsentFile, ConsentPath } from "../core/consent/model.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { dropEmpty, listShapeProblems } from "./check-shape.ts";
import { consentSchema, type RawConsent } from "./consent-schema.ts";
import { listKnownKeys } from "./json-schema.ts";
import { countProblems, findNearest, isWithin, type Problem, renderLines, renderProblem } from "./problems.ts";
import { readYaml, type YamlSource } from "./read-yaml.ts";

/** Of a consent file; a large shop's has some 20 KB. */
const MOST_BYTES = 256 * 1024;

/** A consent file that was read and checked. */
export interface LoadedConsent {
  /** As shown: relative to the working directory. */
  readonly file: string;
  readonly consent: ConsentFile;
  readonly lineOf: (path: ConsentPath) => number;
}

/**
 * Reads and checks a consent file. Throws a StartError: `consent-missing`, `consent-unreadable`, `consent-too-large`, or
 * `consent-invalid` with every problem of the file at once, a line each.
 */
export function loadConsent(file: string, cwd: string): LoadedConsent {
  const shown = relative(cwd, file);
  const source = parse(readConsentFile(file, shown), shown);
  const value = dropEmpty(source.value);
  const parsed = consentSchema.safeParse(value);
  const shape = parsed.success ? [] : listShapeProblems(parsed.error.issues, value, (path) => listKnownKeys(path, consentSchema));
  const problems = [...shape, ...listMistypedIds(value).filter(({ path }) => !shape.some((other) => isWithin(path, other.path)))];
  if (!parsed.success || problems.length > 0) {
    const sorted = [...problems].sort((left, right) => source.lineOf(left.path) - source.lineOf(right.path));
    throw consentInvalid(shown, sorted.map((problem) => renderProblem(problem, (path) => `${shown}:${String(source.lineOf(path))}`)));
  }
  return { file: shown, consent: resolveConsent(parsed.data), lineOf: source.lineOf };
}

/** The consent file's JSON schema (draft 2020-12), for editors that complete and check YAML. */
export function renderConsentJsonSchema(): object {
  return { title: "kakao-sync consent file", ...z.toJSONSchema(consentSchema, { io: "input" }) };
}

function readConsentFile(file: string, shown: string): string {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) {
      throw new StartError({
        code: "consent-too-large",
        message: say`The consent file ${shown} has ${String(Math.ceil(size / 1024))} KB; a consent file has at most ${String(MOST_BYTES / 1024)} KB.`,
        hint: "Name the right file with `consent:` in the configuration, or take out what does not belong there.",
      });
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw missing
      ? new StartError({ code: "consent-missing", message: say`There is no consent file ${shown}.`, hint: "Write one with `kakao-sync audit-consent --init`, or name another with `consent:` in the configuration.", cause })
      : new StartError({ code: "consent-unreadable", message: say`The consent file ${shown} cannot be read.`, hint: "Make it a file that you may read.", cause });
  }
}

function parse(text: string, shown: string): YamlSource {
  let source: YamlSource;
  try {
    source = readYaml(text);
  } catch (cause) {
    // The parser stops at documents whose aliases multiply without end.
    const problem = { path: [], what: "this cannot be unfolded", instead: "write it without anchors and aliases" };
    throw consentInvalid(shown, [renderProblem(problem, () => `${shown}:1`)], cause);
  }
  if (source.errors.length > 0) {
    throw consentInvalid(shown, source.errors.map(({ line, problem }) => renderProblem(problem, () => `${shown}:${String(line)}`)));
  }
  return source;
}

function consentInvalid(shown: string, lines: readonly string[], cause?: unknown): StartError {
  return new StartError({
    code: "consent-invalid",
    message: say`The consent file ${shown} has ${countProblems(lines)}:\n${renderLines(lines)}`,
    hint: "Correct these lines, then run `kakao-sync audit-consent` again.",
    cause,
  });
}

/** Where scope ids are keys. */
const ITEM_MAPS: readonly ConsentPath[] = [["application", "items"], ["reviewed", "items"], ["console", "items"], ["service", "signUp", "items"], ["service", "uses"]];

/** Ids that are nearly a known one. Others may be new at Kakao: they are a finding (C-ITEM-01), not a problem. */
function listMistypedIds(value: unknown): Problem[] {
  const known = Object.keys(ITEMS);
  const fresh = keysAt(value, ["newItems"], true);
  return ITEM_MAPS.flatMap((path) =>
    keysAt(value, path).flatMap((id) => {
      const nearest = known.includes(id) || fresh.includes(id) ? undefined : findNearest(id, known);
      return nearest === undefined ? [] : [{ path: [...path, id], what: "unknown item id", instead: say`write ${nearest}, or name it in newItems if Kakao has it now` }];
    }),
  );
}

function keysAt(value: unknown, path: ConsentPath, members = false): string[] {
  const found = path.reduce<unknown>((at, step) => (typeof at === "object" && at !== null ? new Map<string, unknown>(Object.entries(at)).get(String(step)) : undefined), value);
  if (typeof found !== "object" || found === null) return [];
  return members ? Object.values(found).map(String) : Object.keys(found);
}

function resolveConsent({ application, reviewed, console: consoleState, service, newItems, waive }: RawConsent): ConsentFile {
  const { app, channels } = consoleState ?? {};
  return {
    application: application && { ...application, items: dropUndefined(application.items), documents: application.documents?.map(({ size, ...rest }) => ({ ...rest, size: bytesOf(size) })) },
    reviewed: reviewed && { ...reviewed, items: dropUndefined(reviewed.items) },
    console: consoleState && {
      ...consoleState,
      items: dropUndefined(consoleState.items),
      app: app && { ...app, id: textOf(app.id), businessNumber: textOf(app.businessNumber) },
      channels: channels?.map((channel) => ({ ...channel, businessNumber: textOf(channel.businessNumber) })),
    },
    service: service && {
      ...service,
      signUp: service.signUp && { ...service.signUp, items: dropUndefined(service.signUp.items) },
      uses: dropUndefined(service.uses),
      formerApp: textOf(service.formerApp),
    },
    newItems,
    waive,
  };
}

function dropUndefined<T>(map: Readonly<Record<string, T | undefined>> | undefined): Record<string, T> | undefined {
  return map && Object.fromEntries(Object.entries(map).flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])));
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** `2.4MB` in bytes, with 1,024 bytes a KB. */
function bytesOf(size: string | undefined): number | undefined {
  const [, amount = "", unit = ""] = /^([\d.]+)\s?(\w+)$/.exec(size ?? "") ?? [];
  return size === undefined ? undefined : Math.ceil(Number(amount) * { B: 1, KB: 1024, MB: 1024 * 1024 }[unit.toUpperCase() as "B" | "KB" | "MB"]);
}
