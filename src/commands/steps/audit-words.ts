import { RULE_GROUPS } from "../../core/consent/catalogue.ts";
import type { Actor, Finding } from "../../core/consent/finding.ts";
import type { AuditInput, ConsentPath } from "../../core/consent/model.ts";
import { listNeeds, type Rule } from "../../core/consent/rule.ts";
import { SOURCES, type SourceRef } from "../../core/consent/sources.ts";
import type { ToldFinding, ToldRule } from "../../files/told-finding.ts";
import { describeFinding, describeFix, textOf } from "../../messages/consent.ts";
import { say, spokenLanguage, translate } from "../../say.ts";

/** A finding in words; the fix in Korean too, because the console is Korean. */
export interface AuditFinding extends ToldFinding {
  readonly fixKo: string;
  readonly stage: Finding["stage"];
}

/** A rule in words. */
export interface AuditRule extends ToldRule {
  readonly fix: string;
  readonly fixKo: string;
  readonly who: string;
  readonly stage: Rule["stage"];
}

const actors: Readonly<Record<Actor, string>> = { owner: "owner", editor: "editor", "channel-master": "channel master", service: "service" };

/** `owner`, `channel master` … */
export function nameActor(who: Actor): string {
  return actors[who];
}

export function tellFinding(finding: Finding): AuditFinding {
  const { rule, level, item, file, line, who, stage, source, waived } = finding;
  const { message, fix } = describeFinding(finding);
  return {
    rule, level,
    ...(item === undefined ? {} : { item }),
    message, file, line, fix: fix.en, fixKo: fix.ko, who: nameActor(who), stage, source: nameSource(source),
    ...(waived === undefined ? {} : { waived }),
  };
}

/** Every rule; with what was looked at, also which of them could not be asked and why. */
export function tellRules(input?: AuditInput): AuditRule[] {
  return RULE_GROUPS.flatMap(({ title: group, rules }) =>
    rules.map((rule) => {
      const { id, level, who, stage, source } = rule;
      const fix = describeFix(rule);
      const title = translate(textOf(id).title);
      const skipped = input === undefined ? undefined : whySkipped(rule, input);
      const { url } = SOURCES[source.document];
      return {
        id, level, group, title, fix: fix.en, fixKo: fix.ko, who: nameActor(who), stage, source: nameSource(source),
        ...(url === "" ? {} : { url }),
        ...(skipped === undefined ? {} : { skipped }),
      };
    }),
  );
}

/** What to do, for people, with who may do it: in English with the Korean below it, as the console is Korean; to whom Korean is spoken, in Korean alone. */
export function listFixes({ who, fix, fixKo }: { readonly who?: string; readonly fix: string; readonly fixKo: string }): readonly string[] {
  const whose = who === undefined || who === "service" ? "" : `${translate(who)}: `;
  return spokenLanguage() === "ko" ? [`${whose}${fixKo}`] : [`${whose}${fix}`, fixKo];
}

/** For reports, which have one place for what to do. */
export function withSpokenFix(finding: AuditFinding): AuditFinding {
  return spokenLanguage() === "ko" ? { ...finding, fix: finding.fixKo } : finding;
}

/** `Docs > Kakao Sync > Prerequisites (English, undated), "Note: Re-review"` */
function nameSource({ document, section }: SourceRef): string {
  const { title, edition } = SOURCES[document];
  return `${translate(title)}${edition === "" ? "" : ` (${translate(edition)})`}, "${translate(section)}"`;
}

function whySkipped(rule: Rule, input: AuditInput): string | undefined {
  const { consent, live } = input;
  if (rule.id.startsWith("C-LIVE-") && live === undefined) return say`needs --live`;
  const missing = listNeeds(rule, input).find((path) => !isSaid(consent, path));
  return missing === undefined || (live !== undefined && missing[0] === "console") ? undefined : say`${missing.join(".")} is not in the file`;
}

/** True where there is a value at the path. */
export function isSaid(value: unknown, path: ConsentPath): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return value !== undefined;
  return typeof value === "object" && value !== null && isSaid(Object.getOwnPropertyDescriptor(value, step)?.value, rest);
}
