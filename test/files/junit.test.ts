import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../src/files/junit.ts";
import { finding, hostile, report } from "./findings.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

function casesOf(root: XmlElement): readonly XmlElement[] {
  return root.children.flatMap(({ children }) => children);
}

function count(cases: readonly XmlElement[], child: string): number {
  return cases.filter(({ children }) => children.some(({ name }) => name === child)).length;
}

describe("a JUnit report", () => {
  test("has a suite for each group, a passed case for each rule without a finding, and counts that add up", () => {
    const root = readXml(renderJunit(report([finding(), finding({ item: "name" })])));
    expect([root.name, root.attributes]).toEqual(["testsuites", { name: "kakao-sync", tests: "4", failures: "2", errors: "0", time: "0" }]);
    expect(root.children.map(({ name, attributes }) => [name, attributes["name"], attributes["tests"], attributes["failures"], attributes["skipped"]])).toEqual([
      ["testsuite", "items", "3", "2", "0"],
      ["testsuite", "terms", "1", "0", "1"],
    ]);
    expect(casesOf(root).map(({ name, attributes, children }) => [name, attributes["classname"], attributes["name"], children.map((child) => child.name).join()])).toEqual([
      ["testcase", "items", "C-ITEM-03 phone_number", "failure"],
      ["testcase", "items", "C-ITEM-03 name", "failure"],
      ["testcase", "items", "C-ITEM-04", ""],
      ["testcase", "terms", "C-TERM-01", "skipped"],
    ]);
  });

  test("has no element and no attribute that Jenkins' schema does not know", () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      testsuites: ["name", "tests", "failures", "errors", "time"], testsuite: ["name", "tests", "failures", "errors", "skipped", "time"], testcase: ["name", "classname", "time"],
      failure: ["type", "message"], skipped: ["type", "message"], "system-out": [],
    };
    const all = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(all)];
    const elements = all(readXml(renderJunit(report([finding(), finding({ rule: "C-ITEM-04", level: "note" }), finding({ waived: { reason: "r", until: "2026-12-31" } })]))));
    expect(new Set(elements.map(({ name }) => name))).toEqual(new Set(Object.keys(known)));
    for (const { name, attributes } of elements) expect(known[name]).toEqual(expect.arrayContaining(Object.keys(attributes)));
  });

  test("two findings of one rule and item are two cases", () => {
    const names = casesOf(readXml(renderJunit(report([finding(), finding({ line: 15 })])))).map(({ attributes }) => attributes["name"]);
    expect(names).toEqual(["C-ITEM-03 phone_number", "C-ITEM-03 phone_number (2)", "C-ITEM-04", "C-TERM-01"]);
  });

  test("a failure says what is wrong, where, and what to do", () => {
    const [failure] = casesOf(readXml(renderJunit(report([finding({ message: hostile })])))).flatMap(({ children }) => children);
    expect(failure?.attributes).toEqual({ type: "error", message: hostile });
    expect(failure?.text).toBe(`${hostile}\nkakao-sync.consent.yaml:14\n카카오 로그인 > 동의항목: set it to optional.\nWho: editor\nSource: Prerequisites, note on re-review`);
  });

  test.each([
    ["error", 1, 1],
    ["warning", 2, 0],
    ["note", 2, 0],
  ] as const)("with --fail-on %s there are %i failures, and the others pass with their text as output", (failOn, failures, outputs) => {
    const cases = casesOf(readXml(renderJunit(report([finding(), finding({ rule: "C-ITEM-04", level: "warning" })], { failOn }))));
    expect([count(cases, "failure"), count(cases, "system-out")]).toEqual([failures, outputs]);
  });

  test("a waived finding is skipped with the reason", () => {
    const [waived] = casesOf(readXml(renderJunit(report([finding({ waived: { reason: "agreed <with> Kakao", until: "2026-12-31" } })]))));
    expect(waived?.children.map(({ name, attributes }) => [name, attributes["message"]])).toEqual([["skipped", "Waived until 2026-12-31: agreed <with> Kakao"]]);
  });

  test("control characters, halves of pairs and what XML has no character for become U+FFFD", () => {
    const [found] = casesOf(readXml(renderJunit(report([finding({ message: "a\u0000b\u001bc\ud800d\ufffee\r\nf" })]))));
    expect(found?.children[0]?.attributes["message"]).toBe("a\ufffdb\ufffdc\ufffdd\ufffde\nf");
  });

  test("is well-formed whatever is in the texts", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ message: fc.string({ unit: "binary" }), file: fc.string({ unit: "binary" }), fix: fc.string(), item: fc.string({ unit: "binary" }) })), (texts) => {
        expect(count(casesOf(readXml(renderJunit(report(texts.map(finding))))), "failure")).toBe(texts.length);
      }),
    );
  });

  test.each(["<a/>", '<?xml version="1.0" encoding="UTF-8"?>\n<a><b></a></b>', '<?xml version="1.0" encoding="UTF-8"?>\n<a x="&"/>', '<?xml version="1.0" encoding="UTF-8"?>\n<a>\u0001</a>', '<?xml version="1.0" encoding="UTF-8"?>\n<a>]]></a>'])("the test's own reader refuses %j", (broken) => {
    expect(() => readXml(broken)).toThrow();
  });
});
