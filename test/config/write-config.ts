import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { loadConfig, type LoadOptions } from "../../src/config/load.ts";
import { StartError } from "../../src/errors.ts";

/** The least that is a configuration; a test adds lines or replaces parts. */
export const least = `database: { url: "sqlite:./members.db" }
members: { table: members, id: id, ci: ci, where: all }
link: { column: kakao_id }
kakao: { appId: 424242 }
`;

/** A folder of its own with these files, gone after the test. */
export function writeFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "kakao-sync-config-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export function load(yaml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}): Config {
  const cwd = writeFolder({ "kakao-sync.config.yaml": yaml, ...files });
  return loadConfig({ cwd, env: {}, ...options });
}

/** The error that loading throws; fails the test if there is none. */
export function loadError(yaml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}): StartError {
  try {
    load(yaml, options, files);
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** The problems, a line each, without the name of the file: `3  members.where: missing; …`. */
export function loadProblems(yaml: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}): string[] {
  const [, ...lines] = loadError(yaml, options, files).message.split("\n");
  return lines.map((line) => line.trim().replace(/^kakao-sync\.config\.yaml:/, ""));
}
