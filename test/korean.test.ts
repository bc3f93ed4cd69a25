import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listMissing, listSentences, listTexts, NO_SENTENCE, NOT_SAID, readCatalogue } from "../scripts/sentences.mjs";
import { buildTree, commandPath, everyCommand } from "../src/cli/tree.ts";
import { korean } from "../src/messages/ko/catalogue.ts";

const folder = "src/messages/ko";
const entries = [...korean];
const placesOf = (text: string): readonly string[] => [...new Set([...text.matchAll(/\{\w+\}/g)].map(([place]) => place))].sort();
const show = (pairs: readonly (readonly [string, string])[]): readonly string[] => pairs.map(([english, translation]) => `${english} → ${translation}`);

describe("the Korean catalogue", () => {
  const sentences = [...listSentences()];

  it("is looked for in a source that speaks", () => {
    for (const kind of ["say", "count", "whole"]) expect(sentences.filter((sentence) => sentence.kind === kind).length).toBeGreaterThan(50);
  });

  it("has every sentence of the source: node scripts/sentences.mjs", () => {
    expect(listMissing(korean).map(({ file, line, kind, key }) => `${file}:${String(line)} ${kind} ${key}`)).toEqual([]);
  });

  it("has none that the source does not say", () => {
    const saidByCommander = [...readFileSync("node_modules/commander/lib/help.js", "utf8").matchAll(/'([A-Z][a-z ]+:)'/gi)].map(([, title = ""]) => title);
    const said = new Set([...listTexts(), ...sentences.map(({ key }) => key), ...saidByCommander]);
    expect(entries.map(([english]) => english).filter((english) => !said.has(english))).toEqual([]);
  });

  it("has each once, in one file", () => {
    const keys = readdirSync(folder).flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/^ {2}("(?:[^"\\]|\\.)*"|[\w$]+):/gm)].map(([, key = ""]) => (key.startsWith('"') ? (JSON.parse(key) as string) : key)));
    expect(keys.length).toBe(readCatalogue().size);
    expect(keys.length).toBe(korean.size);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it("says in each what the English one is about", () => {
    expect(show(entries.filter(([english, translation]) => translation !== "" && placesOf(english).join() !== placesOf(translation).join()))).toEqual([]);
  });

  it("is written in Korean", () => {
    expect(show(entries.filter(([english, translation]) => translation !== "" && /[a-z]{2} [a-z]{2}/.test(english) && !/[가-힣]/.test(translation)))).toEqual([]);
  });

  it("chooses no particle behind a place: both forms stand there, or a noun does", () => {
    const chosen = /\}(을|를|이|가|은|는|과|와|로|으로|이라|라)(?![가-힣(])/;
    expect(show(entries.filter(([, translation]) => chosen.test(translation)))).toEqual([]);
    expect(show(entries.filter(([, translation]) => /(?<!\})(을\(를\)|이\(가\)|은\(는\)|과\(와\)|\(으\)로)/.test(translation)))).toEqual([]);
  });

  it("keeps commands, flags and what stands in backticks", () => {
    const commands = [...everyCommand(buildTree(async () => undefined))].map(commandPath).filter((path) => path !== "").join("|");
    const pattern = new RegExp(`\`[^\`]+\`|--[a-z][a-z-]+|kakao-sync (?:${commands})\\b`, "g");
    const fixed = (text: string): readonly string[] => [...new Set(text.match(pattern) ?? [])].sort();
    expect(show(entries.filter(([english, translation]) => translation !== "" && fixed(english).join() !== fixed(translation).join()))).toEqual([]);
  });

  it("ends a sentence where the English one ends", () => {
    const end = (text: string): string => /[.?]$/.exec(text.replace(/["')\]]+$/, ""))?.[0] ?? "";
    expect(show(entries.filter(([english, translation]) => translation !== "" && !english.startsWith(";") && end(english) !== "" && end(english) !== end(translation)))).toEqual([]);
  });

  it("leaves out only what is named with its reason, and is there", () => {
    for (const reason of [...Object.values(NOT_SAID), ...Object.values(NO_SENTENCE)]) expect(reason).not.toBe("");
    const texts = listTexts();
    expect(Object.keys(NO_SENTENCE).filter((text) => !texts.has(text))).toEqual([]);
  });
});
