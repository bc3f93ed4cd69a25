import type { Context } from "../../context.ts";
import type { PlanCounts } from "../../core/matching/plan.ts";
import { KEY_NAMES } from "../../core/member.ts";
import { answerTexts } from "../../messages/answers.ts";
import type { ReportSection, ReportTable } from "../../report/report.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { ruleOf } from "./tell-mapping.ts";

/** Review rows in a page; the whole list is in review.csv. */
const mostRows = 5_000;

/** Columns of review.csv that the page shows, and what it calls them. */
const reviewColumns: Readonly<Record<string, string>> = {
  kakao_id: "kakao id", member_id: "member id", reason: "reason",
  kakao_phone: "kakao phone", member_phone: "member phone", kakao_email: "kakao email", member_email: "member email",
  kakao_name: "kakao name", member_name: "member name", kakao_birthdate: "kakao birthdate", member_birthdate: "member birthdate",
  evidence: "evidence",
};

/** The two sides and their overlap, the keys, the answers and the review list of a mapping run. */
export async function reportMapping(context: Context, run: Run): Promise<readonly ReportSection[]> {
  return [reportSides(run), reportKeys(run), reportAnswers(run), await reportReview(context, run)];
}

function reportSides({ counts: facts }: Run): ReportSection {
  const counts = facts["counts"] as PlanCounts;
  const members = Number(facts["members"]);
  const [links, review] = [countLinks(counts), total(counts.review)];
  const alone = Number(facts["memberOnly"]);
  const kakao = [counts.linked + counts.elsewhere, links, review, counts.unmatched, counts.unread];
  const linkedMembers = Math.min(members, counts.linked);
  const linkable = Math.min(links, Math.max(0, members - linkedMembers));
  const own = [linkedMembers, linkable, Math.max(0, members - linkedMembers - linkable - alone), alone, 0];
  return {
    id: "sides",
    title: "The two sides",
    text: say`${countOf(Number(facts["kakaoUsers"]), "Kakao user")} of the app and ${countOf(members, "live member")} of the service. ${countOf(alone, "live member")} without a link and hit by no Kakao user.`,
    chart: {
      label: say`Kakao users: ${kakao[0] ?? 0} linked, ${links} to link, ${review} to review, ${counts.unmatched} unmatched, ${counts.unread} not read. Live members: ${alone} hit by nobody.`,
      parts: [
        { name: say`linked or in use`, tone: "good" },
        { name: say`to link`, tone: "ready" },
        { name: say`review, or a link of their own`, tone: "look" },
        { name: say`nobody on the other side`, tone: "none" },
        { name: say`not read`, tone: "plain" },
      ],
      bars: [
        { name: say`Kakao users`, values: kakao },
        { name: say`live members`, values: own },
      ],
    },
  };
}

function reportKeys({ counts: facts }: Run): ReportSection {
  const unusable = facts["unusable"] as Readonly<Record<"members" | "kakao", Readonly<Record<string, number>>>>;
  const quality = facts["quality"] as Readonly<Record<"usableMembers" | "usableKakao", Readonly<Record<string, number>>>>;
  const sides = [
    { name: say`members`, nameKey: (key: string) => say`${key} of members`, usable: quality.usableMembers, unusable: unusable.members },
    { name: say`Kakao users`, nameKey: (key: string) => say`${key} of Kakao users`, usable: quality.usableKakao, unusable: unusable.kakao },
  ];
  const bars = KEY_NAMES.flatMap((key) =>
    sides.map((side) => {
      const [empty, other] = [(side.unusable[`${key}-empty`] ?? 0), sumFor(side.unusable, key)];
      return { name: side.nameKey(key), values: [side.usable[key] ?? 0, other - empty, empty] };
    }),
  ).filter(({ values }) => values.some((count) => count > 0));
  return {
    id: "keys",
    title: "Keys and their quality",
    text: "How many values of each key can be compared, and why the others cannot.",
    chart: {
      label: say`Usable values: ${bars.map(({ name, values }) => `${name} ${values[0] ?? 0}`).join(", ")}`,
      parts: [
        { name: say`usable`, tone: "good" },
        { name: say`unusable`, tone: "bad" },
        { name: say`empty`, tone: "none" },
      ],
      bars,
    },
    tables: [
      {
        caption: "Why values are not used",
        columns: ["side", "key and reason", "values"],
        rows: sides.flatMap((side) => Object.entries(side.unusable).filter(([, count]) => count > 0).map(([why, count]) => [side.name, why, count])),
      },
    ],
  };
}

function reportAnswers({ counts: facts }: Run): ReportSection {
  const counts = facts["counts"] as PlanCounts;
  const rungs = [
    [say`link by CI`, counts.link.ci],
    [say`link by phone`, counts.link.phone],
    [say`link by e-mail`, counts.link.email],
    [say`link by decision`, counts.link.decision],
    [say`relink by CI`, counts.relink],
  ] as const;
  const reasons = Object.entries(counts.review).sort(([, left], [, right]) => (right ?? 0) - (left ?? 0));
  return {
    id: "answers",
    title: "Decisions by rung and reason",
    text: "Links by the key that decided, then what a person has to look at, by reason.",
    chart: {
      label: [...rungs.map(([name, count]) => `${name} ${count}`), ...reasons.map(([reason, count]) => say`review ${reason} ${count ?? 0}`)].join(", "),
      parts: [
        { name: say`to link`, tone: "ready" },
        { name: say`review`, tone: "look" },
      ],
      bars: [...rungs.filter(([, count]) => count > 0).map(([name, count]) => ({ name, values: [count, 0] })), ...reasons.map(([reason, count]) => ({ name: reason, values: [0, count ?? 0] }))],
    },
    tables: reasons.length === 0 ? [] : [{ caption: "Review by reason", columns: ["reason", "rule", "Kakao users", "what it means"], rows: reasons.map(([reason, count]) => [reason, ruleOf(reason), count ?? 0, meaningOf(reason)]) }],
  };
}

async function reportReview(context: Context, run: Run): Promise<ReportSection> {
  const file = run.files["review"];
  const rows: (readonly string[])[] = [];
  let all = 0;
  const columns = Object.keys(reviewColumns);
  if (file !== undefined) {
    for await (const { cells } of context.readCsv(`${run.folder}/${file}`, columns)) {
      all += 1;
      if (rows.length < mostRows) rows.push(columns.map((name) => cells[name] ?? ""));
    }
  }
  const table: ReportTable = { caption: "Review list", columns: Object.values(reviewColumns), rows, filterBy: "reason" };
  return {
    id: "review",
    title: "Review list",
    text: all > rows.length ? say`The first ${rows.length.toLocaleString("en-US")} of ${countOf(all, "row")}; all of them are in ${file ?? ""}.` : say`${countOf(all, "row")}, a row a candidate. Decide in ${file ?? "review.csv"}, columns decision and decided_by.`,
    tables: rows.length === 0 ? [] : [table],
  };
}

function countLinks({ link, relink }: PlanCounts): number {
  return link.ci + link.phone + link.email + link.decision + relink;
}

function meaningOf(reason: string): string {
  return Object.entries(answerTexts.reasons).find(([name]) => name === reason)?.[1] ?? "";
}

function sumFor(unusable: Readonly<Record<string, number>>, key: string): number {
  return Object.entries(unusable).reduce((sum, [why, count]) => (why.startsWith(`${key}-`) ? sum + count : sum), 0);
}

function total(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
