import type { FindingsReport, ToldFinding } from "../../src/files/told-finding.ts";

/** What must come through every format unharmed. */
export const hostile = `a | b \\ c <b> & "quoted" 'single' \`code\` *star* _under_ [link](x) ]]> 김민아\nsecond line\ttab`;

export function finding(changes: Partial<ToldFinding> = {}): ToldFinding {
  return {
    rule: "C-ITEM-03", level: "error", item: "phone_number", message: "Required in the console, but Kakao approved it as optional.", file: "kakao-sync.consent.yaml", line: 14,
    fix: "카카오 로그인 > 동의항목: set it to optional.", who: "editor", source: "Prerequisites, note on re-review", ...changes,
  };
}

/** A finding that lacks something. */
export function without(member: "item" | "line" | "who"): ToldFinding {
  const lacking: { -readonly [Name in keyof ToldFinding]: ToldFinding[Name] } = finding();
  delete lacking[member];
  return lacking;
}

export function report(findings: readonly ToldFinding[], changes: Partial<FindingsReport> = {}): FindingsReport {
  const rule = { level: "error", title: "What is required was approved as required.", source: "Prerequisites, note on re-review" } as const;
  return {
    tool: { name: "kakao-sync", version: "1.2.3" },
    rules: [
      { ...rule, id: "C-ITEM-03", group: "items" },
      { ...rule, id: "C-ITEM-04", group: "items", level: "warning" },
      { ...rule, id: "C-TERM-01", group: "terms", skipped: "console.terms is not in the file" },
    ],
    findings,
    failOn: "error",
    ...changes,
  };
}
