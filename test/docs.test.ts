import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../src/cli.ts";
import { renderJsonSchema } from "../src/config/json-schema.ts";
import { loadConfig } from "../src/config/load.ts";
import { REVIEW_RULES } from "../src/core/matching/answers.ts";
import { answerTexts } from "../src/messages/answers.ts";

const root = resolve(import.meta.dirname, "..");
const documents = ["README.md", ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];

function read(document: string): string {
  return readFileSync(join(root, document), "utf8");
}

/** Prose and tables, without code blocks. */
function proseOf(document: string): string {
  return read(document).replace(/^( *)```[^\n]*\n.*?^\1```$/gms, "");
}

/** What a shell would be given in the code blocks of a document, line by line. */
function commandsOf(document: string): string[] {
  const blocks = [...read(document).matchAll(/^( *)```[^\n]*\n(.*?)^\1```$/gms)].map(([, , block = ""]) => block.replace(/\\\n\s*/g, ""));
  return blocks.flatMap((block) => [...block.matchAll(/(?:^ *(?:\$ )?|&& )(?:node bin\/)?kakao-sync(?:\.js)?(?=\s|$)([^\n#|>;]*)/gm)].map(([, words = ""]) => words.trim()));
}

/** The help of the command that the words begin with, as the program prints it. */
async function helpOf(words: readonly string[]): Promise<string> {
  const stdout = new PassThrough();
  const io = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {}, cwd: root, signal: new AbortController().signal };
  await runCommandLine([...words, "--help"], io);
  return String(stdout.read() ?? "");
}

/** Why the command tree does not take a command line; empty when it does. Flags and arguments are those that the help names. */
async function findFault(line: string): Promise<string> {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const path = words.slice(0, 2).filter((_word, at, all) => all.slice(0, at + 1).every((before) => /^[a-z][a-z-]*$/.test(before)));
  const help = await helpOf(path);
  const usage = /^Usage: kakao-sync ?(.*)$/m.exec(help)?.[1] ?? "";
  const named = usage.replace(/\[.*?\]|<.*?>/g, "").trim();
  if (named !== path.join(" ")) return `there is no command ${path.join(" ")}`;
  const flags = new Map([...help.matchAll(/^ {2}(--[a-z-]+)( <[^>]+>)?/gm)].map(([, flag = "", value]) => [flag, value !== undefined]));
  const values: string[] = [];
  const rest = words.slice(path.length);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-")) values.push(word);
    else if (!flags.has(word)) return `there is no flag ${word}`;
    else if (flags.get(word) === true && rest.shift() === undefined) return `${word} needs a value`;
  }
  const expected = (usage.match(/<[^>]+>/g) ?? []).length;
  return values.length === expected ? "" : `${values.length} arguments instead of ${expected}`;
}

function listSchemaKeys(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(listSchemaKeys);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [
    ...(name === "properties" && typeof value === "object" && value !== null ? Object.keys(value) : []),
    ...listSchemaKeys(value),
  ]);
}

/** Headings as a link names them. */
function anchorsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/ /g, "-"));
}

describe("documents", () => {
  test("commands in code blocks are commands of the program", async () => {
    const lines = documents.flatMap((document) => commandsOf(document).map((line) => ({ document, line })));
    expect(lines.length).toBeGreaterThan(30);
    const faults = await Promise.all(lines.map(async ({ document, line }) => ({ document, line, fault: await findFault(line) })));
    expect(faults.filter(({ fault }) => fault !== "")).toEqual([]);
  });

  test.each([["map-member --apply", "command"], ["pull --aply", "flag"], ["undo", "arguments"], ["runs show", "arguments"], ["pull extra", "command"], ["map-members --plan", "value"]])("a line like %s would be found", async (line, what) => {
    const fault = await findFault(line).catch(() => "there is no such command");
    expect(fault).toContain(what);
  });

  test("every review reason, with its rule, stands in the rules", () => {
    const rules = read("docs/rules.md");
    const missing = Object.entries(REVIEW_RULES).filter(([reason, rule]) => !rules.includes(`| \`${reason}\` | ${rule} |`));
    expect(missing).toEqual([]);
    for (const code of [...Object.keys(answerTexts.notes), ...Object.keys(answerTexts.decisionRefusals), ...Object.keys(answerTexts.moved)]) expect(rules).toContain(`\`${code}\``);
  });

  test("every key of the configuration stands in its document", () => {
    const code = read("docs/configuration.md").match(/`[^`\n]+`/g) ?? [];
    const words = new Set(code.flatMap((text) => text.match(/[A-Za-z]+/g) ?? []));
    const keys = new Set(listSchemaKeys(renderJsonSchema()));
    expect(keys.size).toBeGreaterThan(70);
    expect([...keys].filter((key) => !words.has(key))).toEqual([]);
  });

  test("the example of a configuration is one", () => {
    const [, example = ""] = /^```yaml\n(.*?)^```$/ms.exec(read("docs/configuration.md")) ?? [];
    const cwd = mkdtempSync(join(tmpdir(), "kakao-sync-docs-"));
    try {
      writeFileSync(join(cwd, "kakao-sync.config.yaml"), example);
      expect(loadConfig({ cwd, env: { KAKAO_ADMIN_KEY: "key" } })).toMatchObject({ members: { where: "status = 'active'" }, matching: { email: "review" }, warnings: [] });
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  test.each(documents)("links of %s lead somewhere", (document) => {
    const broken = [...proseOf(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].filter(([, path = "", anchor]) => {
      const target = path === "" ? document : join(dirname(document), path);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
