import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { renderSarif } from "../../src/files/sarif.ts";
import { finding, hostile, report, without } from "./findings.ts";

const text = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["none", "note", "warning", "error"]);

/** The part of the published schema that this log uses, as strict: every object there closes itself to other members but a property bag. */
const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              shortDescription: text,
              fullDescription: text,
              helpUri: z.url().optional(),
              help: text,
              defaultConfiguration: z.strictObject({ level }),
              properties: z.looseObject({ tags: z.array(z.string()) }),
            }),
          ),
        }),
      }),
      columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0).optional(),
          level,
          message: text,
          locations: z.array(z.strictObject({ physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri: z.string() }), region: z.strictObject({ startLine: z.int().min(1) }).optional() }) })),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z.array(z.strictObject({ kind: z.enum(["inSource", "external"]), status: z.enum(["accepted", "underReview", "rejected"]), justification: z.string() })).optional(),
          properties: z.looseObject({}),
        }),
      ),
    }),
  ),
});

function parse(rendered: string) {
  return sarifLog.parse(JSON.parse(rendered));
}

/** The only run of a log. */
function runOf(rendered: string) {
  const [run] = parse(rendered).runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

describe("a SARIF log", () => {
  test("names every rule once, and each result points at its own", () => {
    const run = runOf(renderSarif(report([finding(), finding({ rule: "C-ITEM-04", level: "warning" })])));
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(["C-ITEM-03", "C-ITEM-04", "C-TERM-01"]);
    expect(run.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([["C-ITEM-03", 0, "error"], ["C-ITEM-04", 1, "warning"]]);
  });

  test("a rule with a page to read it on says where", () => {
    const [rule, ...others] = report([]).rules;
    if (rule === undefined) throw new Error("no rule");
    const { driver } = runOf(renderSarif(report([], { rules: [{ ...rule, url: "https://www.law.go.kr/법령/정보통신망" }, ...others] }))).tool;
    expect(driver.rules.map(({ helpUri }) => helpUri)).toEqual(["https://www.law.go.kr/%EB%B2%95%EB%A0%B9/%EC%A0%95%EB%B3%B4%ED%86%B5%EC%8B%A0%EB%A7%9D", undefined, undefined]);
  });

  test("without findings has an empty list of results, which says that the rules were run", () => {
    expect(runOf(renderSarif(report([]))).results).toEqual([]);
  });

  test("says what is wrong, what to do and where", () => {
    const [result] = runOf(renderSarif(report([finding({ message: hostile })]))).results;
    expect(result?.message.text).toBe(`${hostile} 카카오 로그인 > 동의항목: set it to optional.`);
    expect(result?.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: "kakao-sync.consent.yaml" }, region: { startLine: 14 } } }]);
    expect(result?.properties).toEqual({ item: "phone_number", fix: "카카오 로그인 > 동의항목: set it to optional.", who: "editor", source: "Prerequisites, note on re-review" });
  });

  test.each([
    ["conf/kakao-sync.consent.yaml", "conf/kakao-sync.consent.yaml"],
    ["동의 항목/consent #1.yaml", "%EB%8F%99%EC%9D%98%20%ED%95%AD%EB%AA%A9/consent%20%231.yaml"],
    ["/srv/shop/consent.yaml", "file:///srv/shop/consent.yaml"],
    ["conf\\consent.yaml", "conf/consent.yaml"],
    ["C:\\shop 1\\consent.yaml", "file:///C:/shop%201/consent.yaml"],
  ])("the file %s is the URI %s", (file, uri) => {
    const [result] = runOf(renderSarif(report([finding({ file })]))).results;
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
    expect(new URL(uri, "file:///work/").protocol).toBe("file:");
  });

  test("a finding keeps its fingerprint when it moves to another line, and two of one rule and item have two", () => {
    const prints = (line: number): unknown[] => runOf(renderSarif(report([finding({ line }), finding({ line: line + 1 }), finding({ item: "name" })]))).results.map(({ partialFingerprints }) => partialFingerprints["ruleAndItem/v1"]);
    expect(prints(14)).toEqual(prints(40));
    expect(new Set(prints(14)).size).toBe(3);
  });

  test("a finding without a line has no region; a waived one is suppressed with the reason", () => {
    const [result] = runOf(renderSarif(report([{ ...without("line"), waived: { reason: "agreed with Kakao", until: "2026-12-31" } }]))).results;
    expect(result?.locations[0]?.physicalLocation.region).toBeUndefined();
    expect(result?.suppressions).toEqual([{ kind: "external", status: "accepted", justification: "agreed with Kakao (until 2026-12-31)" }]);
  });

  test("keeps its shape whatever is in the texts", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ message: fc.string({ unit: "binary", minLength: 1 }), file: fc.string({ unit: "binary", minLength: 1 }), fix: fc.string({ unit: "binary", minLength: 1 }), item: fc.string() })), (texts) => {
        expect(runOf(renderSarif(report(texts.map(finding)))).results).toHaveLength(texts.length);
      }),
    );
  });
});
