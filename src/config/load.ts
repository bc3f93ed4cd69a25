import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { checkShape } from "./check-shape.ts";
import type { Config } from "./config.ts";
import { type Environment, interpolate, readEnvironment, type Variables } from "./env.ts";
import { configInvalid, isWithin, type Path, type Problem, renderProblem } from "./problems.ts";
import { type YamlSource, readYaml } from "./read-yaml.ts";
import { resolveConfig, resolveDatabaseUrl } from "./resolve.ts";
import { checkRules } from "./rules.ts";
import { applySettings, type Overrides, type OverriddenSetting } from "./settings.ts";
import { listWarnings } from "./warnings.ts";

export const defaultConfigFile = "kakao-sync.config.yaml";

export interface LoadOptions {
  /** `--config`; without it `KAKAO_SYNC_CONFIG`, without that `kakao-sync.config.yaml` in `cwd`. */
  readonly path?: string;
  readonly cwd: string;
  readonly env: Variables;
  /** Flags that stand for a setting of the file. There is none for the admin key: flags are seen by other users. */
  readonly overrides?: Overrides;
}

/**
 * Reads, checks and resolves the configuration. Precedence: flag, environment, file. Throws a StartError: `config-missing`,
 * `config-unreadable`, or `config-invalid` with every problem of the file at once, a line each, values never repeated.
 */
export function loadConfig(options: LoadOptions): Config {
  const { cwd, env } = options;
  const file = resolve(cwd, options.path ?? (env["KAKAO_SYNC_CONFIG"] || defaultConfigFile));
  const folder = dirname(file);
  const shown = relative(cwd, file);
  const source = readYaml(readConfigFile(file, shown));
  if (source.errors.length > 0) {
    throw configInvalid(shown, source.errors.map(({ line, problem }) => renderProblem(problem, () => `${shown}:${String(line)}`)));
  }
  const environment = readEnvironment(folder, env);
  const settings = applySettings(source.value, environment, absoluteOverrides(options));
  const { problems, config } = checkConfig(settings.value, environment, file);
  const locate = locateIn(shown, source, settings.overridden);
  if (config === undefined) throw configInvalid(shown, sortByLine(problems, source).map((problem) => renderProblem(problem, locate)));
  return { ...config, warnings: listWarnings(config, source.value).map((warning) => renderProblem(warning, locate)) };
}

function readConfigFile(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      throw new StartError({
        code: "config-missing",
        message: say`There is no configuration file ${shown}.`,
        hint: "Write one with `kakao-sync init`, name another with --config FILE, or rehearse without one with `kakao-sync sandbox`.",
        cause,
      });
    }
    const message = say`The configuration file ${shown} cannot be read.`;
    throw new StartError({ code: "config-unreadable", message, hint: "Make it a file that you may read.", cause });
  }
}

/** A path in a flag is meant from where it is typed, one in the file from the file's folder. */
function absoluteOverrides({ cwd, overrides = {} }: LoadOptions): Overrides {
  return overrides.databaseUrl === undefined ? overrides : { ...overrides, databaseUrl: resolveDatabaseUrl(overrides.databaseUrl, cwd) };
}

function checkConfig(written: unknown, environment: Environment, file: string): { problems: Problem[]; config?: Config } {
  const filled = interpolate(written, environment);
  const [unsetAdminKey, ...unset] = splitAdminKey(filled.unset);
  const shape = checkShape(filled.value);
  const hidden = filled.unset.map(({ path }) => path);
  const shapeProblems = shape.problems.filter(({ path }) => !hidden.some((place) => isWithin(path, place)));
  const broken = [...hidden, ...[...filled.problems, ...shapeProblems].map(({ path }) => path)];
  const problems = [
    ...environment.problems,
    ...filled.problems,
    ...unset.map(describeUnset),
    ...shapeProblems,
    ...checkRules(shape.readable, broken),
  ];
  if (problems.length > 0 || shape.raw === undefined) return { problems };
  return { problems, config: resolveConfig(shape.raw, { file, folder: dirname(file), unsetAdminKey: unsetAdminKey?.variable }) };
}

type Unset = { readonly path: Path; readonly variable: string };

function describeUnset({ path, variable }: Unset): Problem {
  return { path, what: say`the environment variable ${variable} is not set`, instead: "set it, or add it to the .env file beside this file" };
}

/** Commands that do not talk to Kakao work without the admin key, so that it is missed only when it is needed. */
function splitAdminKey(unset: readonly Unset[]): [Unset | undefined, ...Unset[]] {
  const isAdminKey = ({ path }: Unset): boolean => path.join(".") === "kakao.adminKey";
  return [unset.find(isAdminKey), ...unset.filter((item) => !isAdminKey(item))];
}

function locateIn(shown: string, source: YamlSource, overridden: readonly OverriddenSetting[]): (path: Path) => string {
  return (path) => overridden.find((setting) => isWithin(path, setting.path))?.by ?? `${shown}:${String(source.lineOf(path))}`;
}

function sortByLine(problems: readonly Problem[], source: YamlSource): Problem[] {
  const line = (problem: Problem): number => (problem.at === undefined ? source.lineOf(problem.path) : 0);
  return [...problems].sort((left, right) => line(left) - line(right));
}
