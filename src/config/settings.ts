import { say } from "../say.ts";
import type { Environment } from "./env.ts";
import type { Path } from "./problems.ts";

/** Flags that stand for a setting of the file. */
export interface Overrides {
  readonly environment?: string;
  readonly databaseUrl?: string;
  readonly kakaoBaseUrl?: string;
}

/** A setting that did not come from the file, and how to name where it came from. */
export interface OverriddenSetting {
  readonly path: Path;
  readonly by: string;
}

const settings: readonly { readonly path: readonly string[]; readonly variable: string; readonly flag: keyof Overrides }[] = [
  { path: ["environment"], variable: "KAKAO_SYNC_ENVIRONMENT", flag: "environment" },
  { path: ["database", "url"], variable: "KAKAO_SYNC_DATABASE_URL", flag: "databaseUrl" },
  { path: ["kakao", "baseUrl"], variable: "KAKAO_SYNC_KAKAO_BASE_URL", flag: "kakaoBaseUrl" },
];

/** Puts flags, and behind them environment variables, over the settings of the file. */
export function applySettings(written: unknown, environment: Environment, overrides: Overrides): { value: unknown; overridden: OverriddenSetting[] } {
  let value = written;
  const overridden: OverriddenSetting[] = [];
  for (const { path, variable, flag } of settings) {
    const setting = overrides[flag] ?? environment.get(variable);
    if (setting === undefined) continue;
    value = putAt(value, path, setting);
    overridden.push({ path, by: overrides[flag] === undefined ? say`the environment variable ${variable}` : say`the command line` });
  }
  return { value, overridden };
}

function putAt(value: unknown, path: readonly string[], setting: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return setting;
  const map = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const inner = Object.entries(map).find(([name]) => name === key)?.[1];
  return { ...map, [key]: putAt(inner, rest, setting) };
}
