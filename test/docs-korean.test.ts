import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const runbooks = readdirSync("docs/runbooks").filter((name) => name.endsWith(".md"));
const pairs: readonly (readonly [english: string, korean: string])[] = [["README.md", "README.ko.md"], ...runbooks.map((name) => [`docs/runbooks/${name}`, `docs/runbooks/ko/${name}`] as const)];
const glossary = "docs/runbooks/ko/terms.md";
const koreanDocuments = [...pairs.map(([, korean]) => korean), glossary];

const read = (document: string): string => readFileSync(document, "utf8");
const blockPattern = /^( *)```[^\n]*\n.*?^\1```$/gms;
const codePattern = /`[^`\n]+`/g;

/** What a section says that must not depend on the language; links as paths from the root. */
interface Section { readonly level: string; readonly blocks: readonly string[]; readonly codes: readonly string[]; readonly numbers: readonly string[]; readonly links: readonly string[]; readonly rows: number; readonly items: number }

function unique(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

/** A link as the English document has it: Korean documents link Korean runbooks, whose headings have other names. */
function linkFrom(document: string, target: string): string {
  if (/^https?:/.test(target)) return target;
  const [path = "", anchor] = target.split("#");
  const file = normalize(join(dirname(document), path)).replace("docs/runbooks/ko/", "docs/runbooks/");
  return anchor === undefined || file.startsWith("docs/runbooks/") ? file : `${file}#${anchor}`;
}

function sectionOf(document: string, level: string, text: string): Section {
  const prose = text.replace(blockPattern, "");
  const words = prose.replace(codePattern, " ").replace(/\]\([^)]*\)/g, "]");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => linkFrom(document, target)).filter((link) => link !== "docs/runbooks/terms.md");
  return {
    level,
    blocks: text.match(blockPattern) ?? [],
    codes: unique(prose.match(codePattern) ?? []),
    numbers: unique(words.match(/\d(?:[\d.,:]*\d)?/g) ?? []),
    links: unique(links),
    rows: (prose.match(/^ *\|/gm) ?? []).length,
    items: (prose.match(/^ *(?:-|\d+\.) /gm) ?? []).length,
  };
}

/** The sections of a document below its first line, the link to the other language. */
function sectionsOf(document: string, text: string): Section[] {
  const body = text.slice(text.indexOf("\n"));
  const kept: string[] = [];
  const veiled = body.replace(blockPattern, (block) => `\0${kept.push(block) - 1}\0`);
  return veiled.split(/^(?=#{1,4} )/m).filter((part) => part.trim() !== "").map((part) => {
    const whole = part.replace(/\0(\d+)\0/g, (_veil, at: string) => kept[Number(at)] ?? "");
    return sectionOf(document, /^#+/.exec(part)?.[0] ?? "", whole);
  });
}

/** Where the Korean text falls behind the English one; empty when it says the same. Numbers that English writes as words are digits in Korean. */
function differences([english, korean]: readonly [string, string], englishText: string, koreanText: string): string[] {
  const [from, to] = [sectionsOf(english, englishText), sectionsOf(korean, koreanText)];
  const found = from.length === to.length ? [] : [`${from.length} sections, ${to.length} in Korean`];
  return found.concat(from.flatMap((section, at) => {
    const other = to[at];
    if (other === undefined) return [];
    const missing = section.numbers.filter((number) => !other.numbers.includes(number));
    const kinds = (["level", "blocks", "codes", "links", "rows", "items"] as const).filter((kind) => JSON.stringify(section[kind]) !== JSON.stringify(other[kind]));
    const apart = (kind: (typeof kinds)[number]): string => `section ${at}, ${kind}: ${JSON.stringify(section[kind])} / ${JSON.stringify(other[kind])}`;
    return [...kinds.map(apart), ...(missing.length === 0 ? [] : [`section ${at}, numbers: ${missing.join(" ")}`])];
  }));
}

/** Lines and cells of Korean prose with words but without Hangul, and runs of six Latin words; codes and link targets do not count. */
function leftInEnglish(text: string): string[] {
  const prose = text.slice(text.indexOf("\n")).replace(blockPattern, "").replace(codePattern, "").replace(/\]\([^)]*\)/g, "]");
  const units = prose.split("\n").flatMap((line) => (line.trimStart().startsWith("|") ? line.split("|") : [line]));
  return units.filter((unit) => (/[a-z]{2,}/.test(unit) && !/\p{Script=Hangul}/u.test(unit)) || /(?:[A-Za-z'’-]+[ ,;.]+){5}[A-Za-z]+/.test(unit));
}

describe("Korean documents", () => {
  test("every runbook has one, and none is left over", () => {
    expect(readdirSync("docs/runbooks/ko").sort()).toEqual([...runbooks, basename(glossary)].sort());
  });

  test.each(pairs)("%s is told in Korean: sections, blocks, codes, numbers, links, rows", (english, korean) => {
    expect(differences([english, korean], read(english), read(korean))).toEqual([]);
  });

  test.each(pairs)("%s and its Korean one name each other in the first line", (english, korean) => {
    const target = (document: string): string => normalize(join(dirname(document), /^\[(?:한국어|English)\]\(([^)]+)\)\n\n# /.exec(read(document))?.[1] ?? ""));
    expect([target(english), target(korean)]).toEqual([korean, english]);
  });

  test.each(koreanDocuments)("%s: links lead somewhere", (document) => {
    const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, path = ""]) => join(dirname(document), path));
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((path) => !existsSync(path))).toEqual([]);
  });

  test.each(koreanDocuments.filter((document) => document !== glossary))("%s: no prose is left in English", (document) => {
    expect(leftInEnglish(read(document))).toEqual([]);
  });

  test.each(koreanDocuments)("%s keeps to one style and to the words of the glossary", (document) => {
    const prose = read(document).replace(blockPattern, "").replace(codePattern, "").replace(/파트너센터 화면에는 고객파일로 나온다/, "");
    expect(prose.match(/[가-힣]*(?:습니다|하세요|십시오|어요)(?=[.\s])/g) ?? []).toEqual([]);
    expect(prose.match(/연결끊기|동의 항목|고객파일|앱유저아이디|파트너 센터|비즈앱|카카오 싱크|어드민키|연결 해제(?! 웹훅)/g) ?? []).toEqual([]);
  });
});

describe("a change of an English document is noticed", () => {
  const english = "[한국어](ko/x.md)\n\n# Run\n\nWaits 5 seconds, see [files](../files.md).\n\n## Stop\n\n| Code | Do |\n|---|---|\n| `a-b` | wait |\n\n```sh\nkakao-sync runs\n```\n";
  const korean = "[English](../x.md)\n\n# 실행\n\n5초 기다린다. [파일](../../files.md)을 본다.\n\n## 멈춤\n\n| 코드 | 할 일 |\n|---|---|\n| `a-b` | 기다린다 |\n\n```sh\nkakao-sync runs\n```\n";
  const names = ["docs/runbooks/x.md", "docs/runbooks/ko/x.md"] as const;

  test("nothing is found where both say the same", () => {
    expect(differences(names, english, korean)).toEqual([]);
    expect(leftInEnglish(korean)).toEqual([]);
  });

  test.each([
    ["a number", "5 seconds", "6 seconds", "numbers: 6"],
    ["a code", "`a-b`", "`a-c`", "codes"],
    ["a command", "kakao-sync runs", "kakao-sync doctor", "blocks"],
    ["a row", "| wait |\n", "| wait |\n| `a-b` | look |\n", "rows"],
    ["a link", "../files.md", "../rules.md", "links"],
    ["a section", "```sh", "## More\n\n```sh", "sections"],
  ])("%s", (_what, before, after, kind) => {
    expect(differences(names, english.replace(before, after), korean).join("\n")).toContain(kind);
  });

  test.each([["기다린다 |", "wait |"], ["5초 기다린다.", "It waits."], ["5초 기다린다.", "기다린다. Then it waits for five more seconds."]])("prose left in English: %s as %s", (before, after) => {
    const text = korean.replace(before, after).replace("[파일](../../files.md)을 본다.", "");
    expect(leftInEnglish(text)).not.toEqual([]);
  });
});
