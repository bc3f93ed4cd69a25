import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { buildTree, commandPath, everyCommand } from "../../src/cli/tree.ts";
import { main } from "../../src/main.ts";
import { examples } from "../../src/messages/examples.ts";
import { korean } from "../../src/messages/ko/catalogue.ts";
import { speak } from "../../src/say.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";

afterEach(() => speak("en", new Map()));

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(words: readonly string[], env: Readonly<Record<string, string>> = {}, columns?: number): Promise<Told> {
  const stream = (): PassThrough => Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const [stdout, stderr] = [stream(), stream()];
  const code = await main(words, { stdin: new PassThrough(), stdout, stderr, env, cwd: "/nowhere", signal: new AbortController().signal });
  return { code, out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

/** What a command answers that finds no workspace. */
const english = "Error: There is no workspace in .kakao-sync.";
const koreanError = "오류: 작업 폴더가 없습니다: .kakao-sync.";

async function firstLine(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  return (await run(words, env)).err.split("\n")[0];
}

describe("the language", () => {
  it.each([
    ["--lang ko", ["runs", "--lang", "ko"], {}, koreanError],
    ["--lang=ko", ["runs", "--lang=ko"], {}, koreanError],
    ["before the command", ["--lang", "ko", "runs"], {}, koreanError],
    ["the last of several", ["--lang", "ko", "runs", "--lang", "en"], {}, english],
    ["--lang en over the locale", ["runs", "--lang", "en"], { LANG: "ko_KR.UTF-8" }, english],
    ["--lang ko over the locale", ["runs", "--lang", "ko"], { LC_ALL: "C", LANG: "en_US.UTF-8" }, koreanError],
    ["no flag and no locale", ["runs"], {}, english],
  ] as const)("by the flag: %s", async (_, words, env, line) => {
    expect(await firstLine(words, env)).toBe(line);
  });

  it("behind -- there are no flags any more", async () => {
    const { code, err } = await run(["runs", "show", "--", "--lang=ko"]);
    expect(code).toBe(2);
    expect(err.split("\n")[0]).toBe(english);
    expect(await firstLine(["runs", "show", "--lang=ko", "--", "x"])).toBe(koreanError);
  });

  it.each([
    [{ LANG: "ko_KR.UTF-8" }, koreanError],
    [{ LANG: "ko_KR.utf8" }, koreanError],
    [{ LANG: "ko_KR" }, koreanError],
    [{ LANG: "ko" }, koreanError],
    [{ LC_MESSAGES: "ko_KR.UTF-8", LANG: "en_US.UTF-8" }, koreanError],
    [{ LC_MESSAGES: "en_US.UTF-8", LANG: "ko_KR.UTF-8" }, english],
    [{ LC_ALL: "ko_KR.UTF-8", LC_MESSAGES: "en_US.UTF-8", LANG: "C" }, koreanError],
    [{ LC_ALL: "C", LC_MESSAGES: "ko_KR.UTF-8", LANG: "ko_KR.UTF-8" }, english],
    [{ LC_ALL: "POSIX", LANG: "ko_KR.UTF-8" }, english],
    [{ LC_ALL: "", LC_MESSAGES: "", LANG: "ko_KR.UTF-8" }, koreanError],
    [{ LC_ALL: "C.UTF-8" }, english],
    [{ LANG: "kok_IN.UTF-8" }, english],
    [{ LANG: "ja_JP.UTF-8" }, english],
  ] as const)("by the locale %j", async (env, line) => {
    expect(await firstLine(["runs"], env)).toBe(line);
  });

  it.each(["ko_KR.eucKR", "ko_KR.EUC-KR", "ko_KR.cp949"])("English where the terminal expects %s: Hangul in UTF-8 could not be read there", async (locale) => {
    expect(await firstLine(["runs"], { LANG: locale })).toBe(english);
    expect(await firstLine(["runs", "--lang", "ko"], { LANG: locale })).toBe(koreanError);
  });

  it("that is not known is an error of usage, in the locale's language", async () => {
    const [inEnglish, inKorean] = [await run(["pull", "--lang", "fr"]), await run(["pull", "--lang", "fr"], { LANG: "ko_KR.UTF-8" })];
    expect(inEnglish).toMatchObject({ code: 2, err: "Error: Option '--lang <language>' argument 'fr' is invalid. Allowed choices are en, ko.\nSee `kakao-sync pull --help`.\n" });
    expect(inKorean).toMatchObject({ code: 2, err: "오류: '--lang <language>' 옵션에 쓸 수 없는 값입니다: 'fr'. 쓸 수 있는 값: en, ko.\n도움말: `kakao-sync pull --help`.\n" });
  });

  it("of one command is not that of the next", async () => {
    expect(await firstLine(["runs", "--lang", "ko"])).toBe(koreanError);
    expect(await firstLine(["runs"])).toBe(english);
  });

  it("changes no key and no code of --json, only texts for people", async () => {
    const read = async (language: string): Promise<{ code: number; result: { readonly error: Readonly<Record<string, string>> } }> => {
      const { code, out } = await run(["runs", "--json", "--lang", language]);
      return { code, result: JSON.parse(out) as { readonly error: Readonly<Record<string, string>> } };
    };
    const [inEnglish, inKorean] = [await read("en"), await read("ko")];
    expect(inKorean.code).toBe(inEnglish.code);
    expect(inEnglish.result).toMatchObject({ command: "runs", error: { code: "workspace-missing", message: "There is no workspace in .kakao-sync." } });
    expect(inKorean.result).toMatchObject({ command: "runs", error: { code: "workspace-missing", message: "작업 폴더가 없습니다: .kakao-sync." } });
    expect(Object.keys(inKorean.result)).toEqual(Object.keys(inEnglish.result));
    expect(Object.keys(inKorean.result.error)).toEqual(Object.keys(inEnglish.result.error));
    expect(inKorean.result.error["hint"]).toMatch(/[가-힣]/);
  });
});

describe("words on the command line that do not do, in Korean", () => {
  it.each([
    ["map-members --bogus", "'--bogus' 옵션은 없습니다.", "도움말: `kakao-sync map-members --help`."],
    ["map-members --alow-links 3", "'--alow-links' 옵션은 없습니다.", "혹시 --allow-links인가요? 도움말: `kakao-sync map-members --help`."],
    ["pul", "'pul' 명령은 없습니다.", "혹시 pull인가요? 도움말: `kakao-sync --help`."],
    ["runs ab", "'ab' 명령은 없습니다.", "쓸 수 있는 하위 명령: show, consents, audit, abandon. 도움말: `kakao-sync runs --help`."],
    ["undo", "'run' 인자가 필요합니다.", "도움말: `kakao-sync undo --help`."],
    ["undo a b", "'undo' 명령의 인자가 너무 많습니다. 1개여야 하는데 2개입니다.", "도움말: `kakao-sync undo --help`."],
    ["pull x", "'pull' 명령의 인자가 너무 많습니다. 0개여야 하는데 1개입니다.", "도움말: `kakao-sync pull --help`."],
    ["pull --refresh-after", "'--refresh-after <duration>' 옵션에 값이 없습니다.", "도움말: `kakao-sync pull --help`."],
    ["runs consents x", "'--to <file>' 옵션이 필요합니다.", "도움말: `kakao-sync runs consents --help`."],
    ["pull --refresh-after x", "'--refresh-after <duration>' 옵션에 쓸 수 없는 값입니다: 'x'. 30m, 24h, 7d처럼 기간을 쓰세요.", "도움말: `kakao-sync pull --help`."],
    ["map-members --sql-dialect x", "'--sql-dialect <dialect>' 옵션에 쓸 수 없는 값입니다: 'x'. postgres, mysql, mariadb 가운데 하나를 쓰세요.", "도움말: `kakao-sync map-members --help`."],
    ["completion x", "'shell' 인자에 쓸 수 없는 값입니다: 'x'. 쓸 수 있는 값: bash, zsh, fish.", "도움말: `kakao-sync completion --help`."],
    ["runs abandom x", "'abandom' 명령은 없습니다.", "혹시 abandon인가요? 도움말: `kakao-sync runs --help`."],
  ])("kakao-sync %s", async (line, message, hint) => {
    expect(await run([...line.split(" "), "--lang=ko"])).toEqual({ code: 2, out: "", err: `오류: ${message}\n${hint}\n` });
  });

  it("names each of several that are near", async () => {
    const { err } = await run(["unlink-orphans", "--accept-linkx", "--lang=ko"]);
    expect(err).toMatch(/^오류: '--accept-linkx' 옵션은 없습니다\.\n혹시 .*--accept-links.*\? 도움말: `kakao-sync unlink-orphans --help`\.\n$/);
  });
});

describe("the help in Korean", () => {
  const paths = [...everyCommand(buildTree(async () => undefined))].map(commandPath);
  const helpOf = async (path: string, columns: number): Promise<readonly string[]> => (await run([...path.split(" ").filter((word) => word !== ""), "--help", "--lang=ko"], {}, columns)).out.split("\n");

  it.each(paths.flatMap((path) => [60, 80, 120].map((columns) => [path, columns] as const)))("%s at %d columns: nothing is wider, but for command lines of a narrow one", async (path, columns) => {
    const lines = await helpOf(path, columns);
    expect(lines.filter((line) => measureWidth(line) > columns && !(columns < 80 && line.startsWith("  $ kakao-sync")))).toEqual([]);
    expect(lines[0]).toMatch(/^사용법: kakao-sync/);
  });

  it.each(paths)("%s: every description is Korean and begins in one column of the terminal", async (path) => {
    const lines = (await helpOf(path, 80)).filter((line) => line.startsWith("  ") && !line.startsWith("  $ "));
    const columnOf = (line: string): number => measureWidth(/^( {2}\S.*? {2,}| {4,})/.exec(line)?.[0] ?? line);
    expect(lines.length).toBeGreaterThan(5);
    expect(new Set(lines.map(columnOf)).size).toBe(1);
    // Continued lines may hold the rest of a value alone; an app's key is its own description.
    expect(lines.filter((line) => /^ {2}\S/.test(line) && !/[가-힣]/.test(line.slice(line.indexOf("  ", 2))) && !line.includes("--app-id") && !line.includes("--encoding"))).toEqual([]);
  });

  it("has the comments of the examples, too", () => {
    expect(Object.values(examples).flat().filter((line) => line.includes("   # ") && !/# .*[가-힣]/.test(korean.get(line) ?? ""))).toEqual([]);
  });
});
