import type { Context } from "../../context.ts";
import { KEEP_KINDS, UNLINK_KINDS } from "../../core/orphans/kinds.ts";
import type { KindCounts } from "../../core/orphans/select.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import type { ReportSection } from "../../report/report.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import { countOf } from "./count-of.ts";

const dayMs = 86_400_000;

/** Ages of links, counted at the listing, each up to so many days. */
const ages = [
  { name: "up to 3 days", days: 3 },
  { name: "up to 30 days", days: 30 },
  { name: "up to half a year", days: 183 },
  { name: "up to a year", days: 365 },
  { name: "up to 2 years", days: 730 },
  { name: "older", days: Number.POSITIVE_INFINITY },
] as const;
const unknownAge = "date unknown";

/** Kinds, ages and links that are gone, of an unlinking run. */
export async function reportUnlinking(context: Context, run: Run): Promise<readonly ReportSection[]> {
  return [reportKinds(run), await reportAges(context, run), reportGone(run)];
}

function reportKinds({ counts: facts }: Run): ReportSection {
  const { unlink, keep } = facts["counts"] as KindCounts;
  const rows = [
    ...UNLINK_KINDS.map((kind) => ({ kind, goes: true, action: say`unlink`, count: unlink[kind] })),
    ...KEEP_KINDS.map((kind) => ({ kind, goes: false, action: say`keep`, count: keep[kind] })),
  ].filter(({ count }) => count > 0);
  return {
    id: "kinds",
    title: "Kakao users by kind",
    text: say`${countOf(Number(facts["kakaoUsers"]), "Kakao user")} of the app beside ${countOf(Number(facts["members"]), "member")} of the service.`,
    chart: {
      label: rows.map(({ kind, action, count }) => `${action} ${kind} ${count}`).join(", "),
      parts: [
        { name: say`to unlink`, tone: "bad" },
        { name: say`kept`, tone: "good" },
      ],
      bars: rows.map(({ kind, goes, count }) => ({ name: kind, values: goes ? [count, 0] : [0, count] })),
    },
    tables: [{ caption: "What each kind means", columns: ["action", "kind", "Kakao users", "meaning"], rows: rows.map(({ kind, action, count }) => [action, kind, count, unlinkingTexts.reasons[kind]]) }],
  };
}

/** From plan.csv, which lists everybody without a live or not-live holder. */
async function reportAges(context: Context, run: Run): Promise<ReportSection> {
  const listedAt = Date.parse(String(run.counts["listedAt"]));
  const counts = new Map<string, Map<string, number>>();
  for await (const { cells } of context.readCsv(`${run.folder}/${run.files["plan"] ?? ""}`, ["kind", "action", "linked_at"])) {
    if (cells["action"] !== "unlink") continue;
    const kind = cells["kind"] ?? "";
    const age = ageOf(listedAt, cells["linked_at"] ?? "");
    const ofKind = counts.get(kind) ?? new Map<string, number>();
    counts.set(kind, ofKind);
    ofKind.set(age, (ofKind.get(age) ?? 0) + 1);
  }
  const tones = ["bad", "look", "plain"] as const;
  const kinds = UNLINK_KINDS.filter((kind) => counts.has(kind));
  const bars = [...ages.map(({ name }) => name), unknownAge].map((age) => ({ age, name: translate(age), values: kinds.map((kind) => counts.get(kind)?.get(age) ?? 0) }));
  if (kinds.length === 0) return { id: "ages", title: "Orphans by age", text: "Nobody is to be unlinked." };
  return {
    id: "ages",
    title: "Orphans by age",
    text: "How long ago those who are to be unlinked were linked, counted at the listing.",
    chart: {
      label: bars.map(({ name, values }) => `${name}: ${values.reduce((sum, value) => sum + value, 0)}`).join(", "),
      parts: kinds.map((kind, at) => ({ name: kind, tone: tones[at] ?? "plain" })),
      bars: bars.filter(({ age, values }) => age !== unknownAge || values.some((value) => value > 0)),
    },
  };
}

function ageOf(listedAt: number, linkedAt: string): string {
  const linked = Date.parse(linkedAt);
  if (Number.isNaN(linked) || Number.isNaN(listedAt)) return unknownAge;
  return ages.find(({ days }) => listedAt - linked <= days * dayMs)?.name ?? unknownAge;
}

function reportGone({ counts: facts }: Run): ReportSection {
  const by = facts["goneBy"] as Readonly<Record<string, number>>;
  return {
    id: "gone",
    title: "Links that Kakao no longer has",
    text: say`${countOf(Number(facts["gone"]), "stored link")}, by the member who holds it; each is in gone.csv.`,
    tables: [{ caption: "Gone links by holder", columns: ["holder", "links"], rows: Object.entries(by).map(([holder, count]) => [holder, count]) }],
  };
}
