import { say } from "../say.ts";
import { listColumns } from "./list-columns.ts";
import type { Rule, RuleProblem } from "./rules.ts";

/** Names that only the columns of the identifier have (kakao-api.md 8.5). */
const identifierNames: readonly string[] = ["앱유저아이디", "전화번호"];

/** Keys of a customer file (kakao-api.md 8.1). */
const mostFields = 30;

const profileInstead = "write the profile id: what stands behind https://pf.kakao.com/ in the channel's address, like _Abcd";

/** The search id is another name, which Kakao's interface does not promise to know (kakao-api.md 8.0). */
export const publicIdIsOfAProfile: Rule = ({ channel }) => {
  const id = channel?.publicId;
  if (id === undefined || /^_[A-Za-z0-9]+$/.test(id)) return [];
  return [{ path: ["channel", "publicId"], what: id.startsWith("@") ? "this is the id by which people search for the channel" : "this is no profile id of a channel", instead: profileInstead }];
};

/** With a table of their own consents are found by the member's id; without one nothing of it can be said. */
export const consentTableIsWhole: Rule = ({ channel }) => {
  const marketing = channel?.marketing;
  if (marketing === undefined) return [];
  const path = ["channel", "marketing"];
  const about = [[...path, "table"]];
  if (marketing.table !== undefined) {
    return marketing.memberId !== undefined ? [] : [{ path: [...path, "memberId"], about: [[...path, "memberId"]], what: "missing", instead: "write the name of the column with the member's id in channel.marketing.table" }];
  }
  return (["memberId", "where"] as const)
    .filter((key) => marketing[key] !== undefined)
    .map((key) => ({ path: [...path, key], about, what: "belongs to a table of consents", instead: "remove it, or name that table as channel.marketing.table" }));
};

export const segmentsHaveNames: Rule = ({ channel }) =>
  Object.keys(channel?.segments ?? {})
    .filter((name) => !/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(name))
    .map((name) => ({ path: ["channel", "segments", name], what: "this is no name of a segment", instead: "write letters, digits, - and _, as --segment takes it" }));

/** The opener of encrypted columns knows keys and attributes of members only. */
export const channelReadsPlainColumns: Rule = (config) =>
  listColumns(config).flatMap(({ path, column }): RuleProblem[] => {
    if (path[0] !== "channel" || typeof column !== "object" || column.decrypt === undefined) return [];
    const what = path[1] === "marketing" ? "a consent is not decrypted" : "a value for Kakao is not decrypted";
    return [{ path, what, instead: `name a column with the value itself, or write { sql: "…" } that gives it` }];
  });

export const phonesCanBeRead: Rule = ({ channel, members }) => {
  if (channel?.idType !== "phone" || members === undefined) return [];
  const path = ["channel", "idType"];
  const about = [["members", "phone"]];
  if (members.phone === undefined) return [{ path, about, what: "members.phone has no column", instead: "name it, or write app" }];
  const isDigest = typeof members.phone === "object" && members.phone.stored !== undefined;
  return isDigest ? [{ path, about, what: "members.phone is a digest, of which no number can be read", instead: "name a column with the number, or write app" }] : [];
};

export const fieldsFitAFile: Rule = ({ channel }) => {
  const names = Object.keys(channel?.fields ?? {});
  const path = ["channel", "fields"];
  const tooMany: RuleProblem[] = names.length <= mostFields ? [] : [{ path, what: say`more than ${String(mostFields)} fields`, instead: say`keep at most ${String(mostFields)}: a customer file takes no more` }];
  const wrong = names.flatMap((name, at): RuleProblem[] => {
    const here = [...path, name];
    if (name.trim() !== name || name === "" || /\p{Cc}/u.test(name)) return [{ path: here, what: "this is no name of a field", instead: "write it without blanks around it" }];
    if (identifierNames.includes(name)) return [{ path: here, what: "this column is the identifier, which channel.idType chooses", instead: "remove it" }];
    const isTwice = names.slice(0, at).some((earlier) => earlier.replaceAll(" ", "") === name.replaceAll(" ", ""));
    return isTwice ? [{ path: here, what: "this field is named already, with other blanks", instead: "keep one of the two" }] : [];
  });
  return [...tooMany, ...wrong];
};

/** A date with signs between its parts is no number. */
export const numbersAreFormattedAsNumbers: Rule = ({ channel }) =>
  Object.entries(channel?.fields ?? {}).flatMap(([name, field]): RuleProblem[] =>
    typeof field === "object" && field.type === "number" && /[-./]/.test(field.format ?? "")
      ? [{ path: ["channel", "fields", name, "format"], what: "with this format the value is no number", instead: "write digits only, like YYYYMMDD, or type: string" }]
      : [],
  );
