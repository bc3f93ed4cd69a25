import { say, translate } from "../say.ts";
import { failsCommand, type FindingsReport, type ToldFinding, type ToldRule } from "./told-finding.ts";

interface TestCase {
  readonly xml: string;
  readonly state: "passed" | "failed" | "skipped";
}

/**
 * The findings as JUnit XML: a suite for each group of rules, a passed test case for each rule without a finding, and a test case for each finding. Findings that
 * do not make the command fail are passed cases with their text as output, so that the viewer and the exit code say the same. Elements and attributes are those of
 * the schema by which Jenkins judges such reports (xunit-plugin, junit-10.xsd).
 */
export function renderJunit(report: FindingsReport): string {
  const suites = [...groupRules(report.rules)].map(([group, rules]) => renderSuite(group, rules.flatMap((rule) => renderRule(rule, report))));
  const total = suites.reduce((sum, { counts }) => ({ tests: sum.tests + counts.tests, failures: sum.failures + counts.failures }), { tests: 0, failures: 0 });
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name=${quote(report.tool.name)} tests="${total.tests}" failures="${total.failures}" errors="0" time="0">`,
    ...suites.map(({ xml }) => xml),
    `</testsuites>`,
  ];
  return `${lines.join("\n")}\n`;
}

function groupRules(rules: readonly ToldRule[]): ReadonlyMap<string, ToldRule[]> {
  const groups = new Map<string, ToldRule[]>();
  for (const rule of rules) groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule]);
  return groups;
}

function renderSuite(group: string, cases: readonly TestCase[]): { readonly xml: string; readonly counts: { readonly tests: number; readonly failures: number; readonly skipped: number } } {
  const count = (state: TestCase["state"]): number => cases.filter((one) => one.state === state).length;
  const counts = { tests: cases.length, failures: count("failed"), skipped: count("skipped") };
  const head = `  <testsuite name=${quote(group)} tests="${counts.tests}" failures="${counts.failures}" errors="0" skipped="${counts.skipped}" time="0">`;
  return { xml: [head, ...cases.map(({ xml }) => xml), "  </testsuite>"].join("\n"), counts };
}

function renderRule(rule: ToldRule, { findings, failOn }: FindingsReport): TestCase[] {
  const own = findings.filter((finding) => finding.rule === rule.id);
  const names = new Map<string, number>();
  if (own.length > 0) {
    return own.map((finding) => {
      const name = finding.item === undefined ? rule.id : `${rule.id} ${finding.item}`;
      const before = names.get(name) ?? 0;
      names.set(name, before + 1);
      // Viewers take two cases of one name for one case that ran twice.
      return renderFinding(openCase(rule, before === 0 ? name : `${name} (${before + 1})`), finding, failsCommand(finding, failOn));
    });
  }
  if (rule.skipped !== undefined) return [skipCase(openCase(rule, rule.id), rule.skipped)];
  return [{ state: "passed", xml: `${openCase(rule, rule.id)}/>` }];
}

function renderFinding(open: string, finding: ToldFinding, fails: boolean): TestCase {
  if (finding.waived !== undefined) return skipCase(open, say`Waived until ${finding.waived.until}: ${finding.waived.reason}`);
  const text = describe(finding);
  const inner = fails
    ? `<failure type=${quote(finding.level)} message=${quote(finding.message)}>${escapeText(text)}</failure>`
    : `<system-out>${escapeText(`${translate(finding.level)}: ${text}`)}</system-out>`;
  return { state: fails ? "failed" : "passed", xml: `${open}>\n      ${inner}\n    </testcase>` };
}

function skipCase(open: string, why: string): TestCase {
  return { state: "skipped", xml: `${open}>\n      <skipped message=${quote(why)}/>\n    </testcase>` };
}

function openCase(rule: ToldRule, name: string): string {
  return `    <testcase classname=${quote(rule.group)} name=${quote(name)} time="0"`;
}

function describe({ message, file, line, fix, who, source }: ToldFinding): string {
  return [message, `${file}${line === undefined ? "" : `:${line}`}`, fix, ...(who === undefined ? [] : [say`Who: ${translate(who)}`]), say`Source: ${source}`].join("\n");
}

function quote(text: string): string {
  // A line break in an attribute would be read back as a blank.
  return `"${escapeText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`;
}

/** XML 1.0 has no way to write most control characters, halves of surrogate pairs and U+FFFE: they become U+FFFD. */
function escapeText(text: string): string {
  const clean = text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, "\ufffd");
  return clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
