import { daysBetween } from "./days.ts";
import { hitIf } from "./look.ts";
import type { Application, AuditInput, ConsentPath } from "./model.ts";
import { type Hit, listNeeds, type Rule } from "./rule.ts";

/** What was set in the console longer ago than this is no longer taken for granted. */
const STALE_DAYS = 90;

/** Rules about the file itself. They are given the others: what those need, and which ids there are. */
export function listFileRules(others: readonly Rule[]): readonly Rule[] {
  const own = { who: "service", stage: "before-review", menu: "consent-file", source: { document: "own", section: "format of the consent file" } } as const;
  const rules: Rule[] = [
    { ...own, id: "C-FILE-01", level: "warning", check: (input) => findUnsaid([...others, ...rules], input) },
    {
      ...own, id: "C-FILE-02", level: "warning",
      check: ({ consent, today }) => consent.waive.flatMap((waiver, at) => hitIf(waiver.until < today, ["waive", at], { waived: waiver.rule, until: waiver.until })),
    },
    {
      ...own, id: "C-FILE-03", level: "warning",
      check: ({ consent }) => consent.waive.flatMap((waiver, at) => hitIf(!ids.has(waiver.rule), ["waive", at, "rule"], { waived: waiver.rule })),
    },
    {
      ...own, id: "C-FILE-04", level: "warning", stage: "before-launch", needs: ({ live }) => (live === undefined ? [["console", "readOn"]] : []),
      check: ({ consent, today, live }) => {
        const readOn = consent.console?.readOn;
        if (readOn === undefined || live !== undefined) return [];
        const days = daysBetween(readOn, today);
        return hitIf(days > STALE_DAYS || days < 0, ["console", "readOn"], { readOn, days });
      },
    },
  ];
  const ids = new Set([...others, ...rules].map(({ id }) => id));
  return rules;
}

/** Each thing once that rules need and the file does not say; a section that is missing as a whole, once. */
function findUnsaid(rules: readonly Rule[], input: AuditInput): Hit[] {
  const found = new Map<string, { readonly at: ConsentPath; readonly rules: string[] }>();
  for (const rule of rules) {
    for (const path of listNeeds(rule, input)) {
      const at = findGap(input, path);
      if (at === undefined) continue;
      const key = at.join(".");
      const gap = found.get(key) ?? { at, rules: [] };
      if (!gap.rules.includes(rule.id)) gap.rules.push(rule.id);
      found.set(key, gap);
    }
  }
  return [...found].map(([key, { at, rules: asking }]) => ({ at, data: { key, rules: asking.length > 4 ? `${String(asking.length)} rules` : asking.join(", ") } }));
}

/** The section or the path that is not said. What Kakao answered need not be said; nor need there be an application. */
function findGap({ consent, live }: AuditInput, path: ConsentPath): ConsentPath | undefined {
  const [section = ""] = path;
  const key = path.join(".");
  if (live !== undefined && (key === "console.items" || (key === "console.terms" && live.terms !== undefined))) return undefined;
  if (section === "application" && consent.application === undefined) return undefined;
  if (section === "reviewed" && consent.reviewed === undefined && isOpen(consent.application)) return undefined;
  if (valueAt(consent, [section]) === undefined) return [section];
  return valueAt(consent, path) === undefined ? path : undefined;
}

/** Something is applied for and not decided: nothing need be reviewed yet. */
function isOpen(application: Application | undefined): boolean {
  const { terms, items } = application?.permissions ?? {};
  return application !== undefined && !(terms === "approved" && items === "approved");
}

function valueAt(value: unknown, path: ConsentPath): unknown {
  return path.reduce<unknown>((found, step) => (typeof found === "object" && found !== null ? new Map(Object.entries(found)).get(String(step)) : undefined), value);
}
