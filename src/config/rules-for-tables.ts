import { listUrls } from "./list-columns.ts";
import type { Path } from "./problems.ts";
import type { Rule, RuleProblem } from "./rules.ts";

const sameName = (left: string | undefined, right: string | undefined): boolean =>
  left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();

export const urlsAreOfKnownDatabases: Rule = (config) =>
  listUrls(config).flatMap(({ path, url }) =>
    /^(sqlite:.*[^/]|(postgres|postgresql|mysql|mariadb):\/\/.+|csv:.+)$/i.test(url)
      ? []
      : [{ path, what: "this is not the URL of a database that is known here", instead: "write sqlite: and the path of the file, like sqlite:./members.db" }],
  );

export const tablesAreNamedOnce: Rule = ({ members }) =>
  (members?.also ?? []).flatMap((also, at, all) => {
    const earlier = [members?.table, ...all.slice(0, at).map((other) => other?.table)];
    if (!earlier.some((table) => sameName(table, also?.table))) return [];
    const what = "this table is named already, its members would count twice";
    return [{ path: ["members", "also", at, "table"], what, instead: "remove it; members.where says which rows are live" }];
  });

export const linkHasOneLayout: Rule = ({ link }) => (link === undefined ? [] : describeLayout(["link"], link, link.memberId !== undefined));

/** A further place needs no `memberId`: only its Kakao ids are read. */
export const placesHaveOneLayout: Rule = ({ alsoLinkedIn = [] }) =>
  alsoLinkedIn.flatMap((place, at) => {
    const path: Path = ["alsoLinkedIn", at, "link"];
    if (place?.link === undefined) return [];
    const problems = describeLayout(path, place.link, true);
    if (problems.length > 0 || place.link.column === undefined || place.members?.table !== undefined) return problems;
    const instead = "add members: { table: … } beside link, or write link: { table: …, kakaoId: … }";
    return [{ path, about: [["alsoLinkedIn", at, "members"]], what: "the table of this column is not named", instead }];
  });

type ReadableLink = NonNullable<Parameters<Rule>[0]["link"]>;

function describeLayout(path: Path, link: ReadableLink, memberIsKnown: boolean): RuleProblem[] {
  const about = ["column", "table", "memberId", "kakaoId"].map((key) => [...path, key]);
  if ((link.column === undefined) === (link.table === undefined)) {
    const what = "links are either in a column of the member table or in a table of their own";
    return [{ path, about, what, instead: "write column: …, or table:, memberId: and kakaoId:" }];
  }
  if (link.table !== undefined) {
    const absent = [...(memberIsKnown ? [] : ["memberId"]), ...(link.kakaoId === undefined ? ["kakaoId"] : [])];
    return absent.map((key) => ({ path: [...path, key], about, what: "missing", instead: "write the name of the column in the link table" }));
  }
  const extra = (["memberId", "kakaoId", "fixed", "where", "cleared"] as const).filter((key) => link[key] !== undefined);
  return extra.map((key) => ({ path: [...path, key], what: "belongs to a link table", instead: "remove it, or write table: instead of column:" }));
}

/** A link is never written over the member's id or one of its keys, and `set` never writes those or the link either. */
export const linkColumnIsItsOwn: Rule = ({ members, link }) => {
  if (members === undefined || link?.column === undefined) return [];
  const used = [members.id, ...[members.ci, members.phone, members.email].map((key) => (typeof key === "object" ? key.column : key))];
  const isUsed = (column: string): boolean => used.some((other) => sameName(other, column));
  const own: RuleProblem[] = isUsed(link.column)
    ? [{ path: ["link", "column"], what: "this column is the member's id or a key", instead: "name the column that holds the Kakao id" }]
    : [];
  const overwritten = Object.keys(link.set ?? {}).filter((column) => isUsed(column) || sameName(column, link.column));
  const what = "this is the link, the member's id or a key";
  return [...own, ...overwritten.map((column) => ({ path: ["link", "set", column], what, instead: "remove it" }))];
};

/** Only `fixed` and the two ids say which row is whose link: nothing else may write them. In this layout members of every table have their links in the link table. */
export const linkTableIsItsOwn: Rule = ({ members, link }) => {
  if (link?.table === undefined) return [];
  const own = [link.memberId, link.kakaoId, ...Object.keys(link.fixed ?? {})];
  const isOwn = (column: string): boolean => own.some((other) => sameName(other, column));
  const twice = Object.keys(link.set ?? {}).filter(isOwn).map((column): RuleProblem => ({ path: ["link", "set", column], what: "this column is filled already: it is an id of the link, or in link.fixed", instead: "remove it" }));
  const lost = Object.keys(link.cleared ?? {}).filter((column) => sameName(column, link.memberId)).map((column): RuleProblem => ({ path: ["link", "cleared", column], what: "the row would be nobody's", instead: "remove it" }));
  const tables = [members?.table, ...(members?.also ?? []).map((also) => also?.table)];
  const isMembers: RuleProblem[] = tables.some((table) => sameName(table, link.table)) ? [{ path: ["link", "table"], what: "this is a table of members", instead: "write column: with the column that holds the Kakao id" }] : [];
  const columns = (members?.also ?? []).flatMap((also, at): RuleProblem[] =>
    also?.kakaoId === undefined ? [] : [{ path: ["members", "also", at, "kakaoId"], what: "links are rows of link.table, those of these members too", instead: "remove it" }],
  );
  return [...twice, ...lost, ...isMembers, ...columns];
};

export const placesHaveTheirOwnNames: Rule = ({ alsoLinkedIn = [] }) =>
  alsoLinkedIn.flatMap((place, at) =>
    alsoLinkedIn.slice(0, at).some((earlier) => sameName(earlier?.name, place?.name))
      ? [{ path: ["alsoLinkedIn", at, "name"], what: "another place has this name", instead: "write a name of its own" }]
      : [],
  );
