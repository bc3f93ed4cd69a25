import { say } from "../say.ts";
import type { FindingsReport, ToldFinding, ToldRule } from "./told-finding.ts";

/**
 * The findings as a SARIF 2.1.0 log (OASIS standard, errata 01), as code scanning takes it: every rule is a reporting descriptor of the driver, every finding a
 * result with its rule's place in that list.
 */
export function renderSarif({ tool, rules, findings }: FindingsReport): string {
  const places = new Map(rules.map(({ id }, at) => [id, at]));
  const seen = new Map<string, number>();
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules: rules.map(renderRule) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => renderResult(finding, places.get(finding.rule), countUp(seen, `${finding.rule}/${finding.item ?? ""}`))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function renderRule({ id, level, title, group, source, url }: ToldRule): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: title },
    ...(url === undefined ? {} : { helpUri: encodeURI(url) }),
    help: { text: `${title}\n${say`Source: ${source}`}` },
    defaultConfiguration: { level },
    properties: { tags: [group], source },
  };
}

function renderResult(finding: ToldFinding, ruleIndex: number | undefined, occurrence: number): object {
  const { rule, level, item, message, file, line, fix, who, source, waived } = finding;
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level,
    message: { text: `${message} ${fix}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(file) }, ...(line === undefined ? {} : { region: { startLine: line } }) } }],
    // By what it is about, not by its line: a finding stays the same one when lines are put in above it.
    partialFingerprints: { "ruleAndItem/v1": `${rule}/${item ?? ""}/${occurrence}` },
    ...(waived === undefined ? {} : { suppressions: [{ kind: "external", status: "accepted", justification: say`${waived.reason} (until ${waived.until})` }] }),
    properties: { ...(item === undefined ? {} : { item }), fix, ...(who === undefined ? {} : { who }), source },
  };
}

function countUp(seen: Map<string, number>, key: string): number {
  const next = (seen.get(key) ?? 0) + 1;
  seen.set(key, next);
  return next;
}

/** A path as a URI reference: relative ones stay relative to where the command ran, which is the root of the sources for viewers. */
function toUri(path: string): string {
  const plain = path.replaceAll("\\", "/").replace(/\p{Cs}/gu, "\ufffd");
  const encoded = plain.split("/").map(encodeURIComponent).join("/");
  if (/^[A-Za-z]:\//.test(plain)) return `file:///${plain.slice(0, 2)}${encoded.slice(encoded.indexOf("/"))}`;
  return plain.startsWith("/") ? `file://${encoded}` : encoded;
}
