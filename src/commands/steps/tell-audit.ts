import type { LiveItem } from "../../core/consent/model.ts";
import { ITEMS } from "../../core/consent/items.ts";
import type { Context } from "../../context.ts";
import type { Finding, Level } from "../../core/consent/finding.ts";
import { fill, say, translate } from "../../say.ts";
import { sayValue } from "../../messages/consent.ts";
import { countOf } from "./count-of.ts";
import { type AuditFinding, listFixes, tellFinding } from "./audit-words.ts";
import { padHeader } from "./pad-header.ts";
import type { LiveLook } from "./sample-live.ts";

/** Open findings by level, and those that a waiver covers. */
export type AuditCounts = Readonly<Record<Level, number>> & { readonly waived: number };

/** Widths that keep the columns of all groups in line: a level, and a rule's id or a line number. */
const [levelWidth, ruleWidth] = [7, 9];

export function countFindings(findings: readonly AuditFinding[]): AuditCounts {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level && finding.waived === undefined).length;
  return { error: count("error"), warning: count("warning"), note: count("note"), waived: findings.filter(({ waived }) => waived !== undefined).length };
}

/** All findings as text, grouped by what they are about, the app as a whole first; then what the file does not say, and the counts. */
export function tellFindings(context: Context, found: readonly Finding[]): void {
  const { terminal } = context;
  const findings = found.map(tellFinding);
  const groups = new Map<string, AuditFinding[]>([["", []]]);
  for (const finding of findings) {
    if (!isGap(finding)) groups.set(finding.item ?? "", [...(groups.get(finding.item ?? "") ?? []), finding]);
  }
  for (const [item, own] of groups) {
    if (own.length === 0) continue;
    terminal.line(terminal.palette.strong(item === "" ? say`The app as a whole` : nameItem(item)));
    terminal.table([{ header: padHeader("level", levelWidth) }, { header: padHeader("rule", ruleWidth) }, { header: "what is wrong, and what to do" }], own.flatMap(toRows));
    terminal.line();
  }
  tellGaps(context, found.filter(isGap));
  const { error, warning, note, waived } = countFindings(findings);
  const open = [countOf(error, "error"), countOf(warning, "warning"), countOf(note, "note")].join(", ");
  terminal.line(waived === 0 ? `${open}.` : say`${open}, ${waived} waived.`);
}

/** A rule of its own for everything that the file leaves out: a new file has dozens of them. */
function isGap({ rule, waived }: Pick<Finding, "rule" | "waived">): boolean {
  return rule === "C-FILE-01" && waived === undefined;
}

function tellGaps({ terminal }: Context, gaps: readonly Finding[]): void {
  if (gaps.length === 0) return;
  terminal.line(terminal.palette.strong(say`What the file does not say`));
  terminal.table([{ header: "warning C-FILE-01: write" }, { header: "below line" }, { header: "so this could not be asked" }], gaps.map(({ data, line }) => [String(data["key"]), line, sayValue("rules", data["rules"] ?? "")]));
  terminal.line();
}

function toRows(finding: AuditFinding): readonly (readonly string[])[] {
  const { rule, level, message, line, waived } = finding;
  return [
    [translate(waived === undefined ? level : "waived"), rule, message],
    ...listFixes(finding).map((fix, at) => ["", at > 0 || line === undefined ? "" : say`line ${line}`, fix]),
    ...(waived === undefined ? [] : [["", "", say`Waived until ${waived.until}: ${waived.reason}`]]),
  ];
}

function nameItem(item: string): string {
  const known = ITEMS[item];
  return known === undefined ? item : `${item}  ${known.ko}`;
}

/** What Kakao answered, as counts: items, terms, and who still has to be asked. */
export function tellLive({ terminal }: Context, look: LiveLook): void {
  const { sampled, linked, kakaoSyncUsers, needingConsent, items, terms, replaced } = look;
  terminal.line(linked === null ? say`Kakao answered about ${countOf(sampled, "linked user")}.` : say`Kakao answered about ${countOf(sampled, "linked user")} of ${linked.toLocaleString("en-US")}.`);
  const others = Object.entries(replaced).map(([why, users]) => fill(translate(whyReplaced[why] ?? `{0} ${why}`), () => users.toLocaleString("en-US")));
  if (others.length > 0) terminal.line(say`Not counted, others were asked instead: ${others.join(", ")}.`);
  if (sampled === 0) return;
  terminal.line();
  terminal.table([{ header: "item" }, { header: "name" }, { header: "consent" }, { header: "agreed" }, { header: "with value" }], items.map((item) => [item.id, item.displayName ?? "", translate(nameConsent(item)), item.agreed, item.withValue ?? null]));
  terminal.line();
  if (terms === undefined) terminal.line("Kakao answered about no terms: the app does not use Kakao Sync, or lacks the permission.");
  else if (terms.length === 0) terminal.line("No terms are registered in the console.");
  else terminal.table([{ header: "term" }, { header: "consent" }, { header: "agreed" }], terms.map(({ tag, required, agreed }) => [tag, translate(required ? "required" : "optional"), agreed]));
  terminal.line();
  terminal.table(
    [{ header: "came by" }, { header: "users" }, { header: "lack a required item or term" }],
    [[say`Kakao Sync`, kakaoSyncUsers, needingConsent.kakaoSync], [say`Kakao Login alone`, sampled - kakaoSyncUsers, needingConsent.kakaoLogin]],
  );
  terminal.line();
}

const whyReplaced: Readonly<Record<string, string>> = {
  young: "{0} younger than 24 hours",
  "not-linked": "{0} no longer linked",
  "sign-up-unfinished": "{0} with an unfinished sign-up",
  "kakao-103": "{0} dormant or gone at Kakao (-103)",
  "kakao-4": "{0} sanctioned (-4)",
  "kakao-402": "{0} without the consent to be asked (-402)",
  "kakao-406": "{0} under 14 (-406)",
  "kakao-501": "{0} not on KakaoTalk (-501)",
};

/** As far as the answers show: who agreed to a required item may not withdraw it. */
export function nameConsent({ using, agreed, revocable }: LiveItem): "off" | "unknown" | "required" | "optional" | "mixed" {
  if (!using) return "off";
  if (agreed === 0) return "unknown";
  return revocable === 0 ? "required" : revocable === agreed ? "optional" : "mixed";
}
