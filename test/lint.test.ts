import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

const eslint = new ESLint();

/** The rules that a file of this text would break at this place of the source. */
async function lint(filePath: string, text: string): Promise<{ readonly rules: readonly (string | null)[]; readonly messages: string }> {
  const [result] = await eslint.lintText(text, { filePath });
  const found = result?.messages ?? [];
  return { rules: found.map(({ ruleId }) => ruleId), messages: found.map(({ message }) => message).join("\n") };
}

describe("who may import whom", () => {
  it.each([
    ["src/core/some-rule.ts", 'import { readFileSync } from "node:fs";', "nothing of node:"],
    ["src/core/some-rule.ts", 'import { openWorkspace } from "../workspace/workspace.ts";', "core may not import workspace"],
    ["src/core/some-rule.ts", 'import type { Workspace } from "../workspace/workspace.ts";', "core may not import workspace"],
    ["src/core/matching/some-rule.ts", 'import { StartError } from "../../errors.ts";', "core may not import errors"],
    ["src/core/some-rule.ts", 'import { z } from "zod";', "core is pure: no packages"],
    ["src/kakao/some-call.ts", 'import { openDatabase } from "../database/open.ts";', "kakao may not import database"],
    ["src/kakao/some-call.ts", 'import type { Place } from "../database/service-database.ts";', "kakao may not import database"],
    ["src/simulator/some-answer.ts", 'import { readErrorCode } from "../kakao/errors.ts";', "simulator may not import kakao"],
    ["src/simulator/some-answer.ts", 'import { normalizePhone } from "../core/keys/phone.ts";', "simulator may not import core"],
    ["src/commands/some-command.ts", 'import { createClient } from "../kakao/client.ts";', "commands may not import kakao other than by type"],
    ["src/commands/some-command.ts", 'export * from "../workspace/workspace.ts";', "commands may not import workspace other than by type"],
    ["src/commands/some-command.ts", 'export const load = () => import("../database/open.ts");', "commands may not import database other than by type"],
    ["src/commands/some-command.ts", 'import { Command } from "commander";', "commander may be imported only in"],
    ["src/context/some-opening.ts", 'import { pull } from "../commands/pull.ts";', "context may not import commands"],
    ["src/commands/some-command.ts", 'import { buildTree } from "../cli/tree.ts";', "commands may not import cli"],
    ["src/context/some-opening.ts", 'import { buildTree } from "../cli/tree.ts";', "context may not import cli"],
    ["src/cli/tree.ts", 'import axios from "axios";', "axios may be imported only in kakao/http"],
    ["src/kakao/client.ts", 'import axios from "axios";', "axios may be imported only in kakao/http"],
    ["src/workspace/runs.ts", 'import { parse } from "csv-parse/sync";', "csv-parse may be imported only in files"],
    ["src/terminal/tables.ts", 'import inquirer from "inquirer";', "inquirer may be imported only in terminal/confirm"],
    ["src/files/csv-in.ts", 'import lodash from "lodash";', "lodash has no door"],
    ["src/errors.ts", 'import { version } from "../package.json";', "reaches outside src"],
    ["src/newcomer/first.ts", 'import { StartError } from "../errors.ts";', "the room newcomer is not in lint/rooms.mjs"],
  ])("%s: %s", async (filePath, statement, why) => {
    // Whatever is imported is used: the direction is all that is wrong.
    const name = /^import (?:type )?\{? ?(\w+)/.exec(statement)?.[1];
    const type = statement.startsWith("import type");
    const { rules, messages } = await lint(filePath, `${statement}\n${name === undefined || !statement.startsWith("import") ? "" : type ? `export type Used = ${name};` : `export const used = ${name};`}\n`);
    expect(rules).toEqual(["rooms/direction"]);
    expect(messages).toContain(why);
  });

  it.each([
    ["src/core/some-rule.ts", 'import { parseKakaoId } from "./kakao-id.ts";\nexport const used = parseKakaoId;\n'],
    ["src/kakao/http.ts", 'import axios from "axios";\nimport { FailedError } from "../errors.ts";\nimport { setTimeout } from "node:timers/promises";\nexport const used = [axios, FailedError, setTimeout];\n'],
    ["src/simulator/users.ts", 'import { parseKakaoId } from "../core/kakao-id.ts";\nexport const used = parseKakaoId;\n'],
    ["src/commands/some-command.ts", 'import type { Workspace } from "../workspace/workspace.ts";\nimport type { Context } from "../context.ts";\nexport type Used = Workspace | Context;\n'],
    ["src/files/csv-in.ts", 'import { parse } from "csv-parse/sync";\nexport const used = parse;\n'],
  ])("%s may import what it does", async (filePath, text) => expect((await lint(filePath, text)).rules).toEqual([]));
});

describe("the other habits", () => {
  it.each([
    ["a default export", "src/kakao/client.ts", "export default 1;\n", "no-restricted-syntax"],
    ["a default export in core", "src/core/some-rule.ts", "export default 1;\n", "no-restricted-syntax"],
    ["a clock in core", "src/core/some-rule.ts", "export const now = Date.now();\n", "no-restricted-syntax"],
    ["another clock in core", "src/core/some-rule.ts", "export const now = new Date();\n", "no-restricted-syntax"],
    ["chance in core", "src/core/some-rule.ts", "export const lot = Math.random();\n", "no-restricted-syntax"],
    ["the environment in core", "src/core/some-rule.ts", "export const home = process.env;\n", "no-restricted-globals"],
    ["console", "src/commands/pull.ts", 'console.log("x");\n', "no-console"],
    ["any", "src/commands/pull.ts", "export const x: any = 1;\n", "@typescript-eslint/no-explicit-any"],
    ["an assertion that something is there", "src/commands/pull.ts", "export const x = [1][0]!;\n", "@typescript-eslint/no-non-null-assertion"],
    ["something unused", "src/commands/pull.ts", "const x = 1;\n", "@typescript-eslint/no-unused-vars"],
  ])("refuses %s", async (_, filePath, text, rule) => expect((await lint(filePath, text)).rules).toEqual([rule]));

  it("lets core make a date of a time that is passed in", async () => {
    expect((await lint("src/core/some-rule.ts", "export const read = (time: number) => new Date(time).getUTCFullYear();\n")).rules).toEqual([]);
  });
});

describe("the source", () => {
  it("breaks no rule, is warned of nothing, and switches no rule off", async () => {
    const results = await eslint.lintFiles(["src", "bin", "lint"]);
    const found = results.flatMap(({ filePath, messages, suppressedMessages }) =>
      [...messages, ...suppressedMessages].map(({ line, ruleId, message }) => `${filePath}:${line.toString()} ${ruleId ?? ""} ${message}`),
    );
    expect(found).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
  });
});
