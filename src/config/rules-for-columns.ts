import { say } from "../say.ts";
import { listColumns, listMemberTables, type ReadableColumn } from "./list-columns.ts";
import { joinOr, type Path } from "./problems.ts";
import type { Rule } from "./rules.ts";

const keyPaths: readonly Path[] = ["ci", "phone", "email"].map((key) => ["members", key]);

export const someKeyHasAColumn: Rule = ({ members }) => {
  if (members === undefined || members.ci !== undefined || members.phone !== undefined || members.email !== undefined) return [];
  const what = "no column that could find a member at Kakao";
  return [{ path: ["members"], about: keyPaths, what, instead: "name the column of at least one of ci, phone and email" }];
};

export const usedKeysHaveColumns: Rule = ({ members, matching }) =>
  (matching?.keys ?? []).flatMap((key, at) => {
    if (members === undefined || key === undefined || members[key] !== undefined) return [];
    const instead = say`name it as members.${key}, or leave ${key} out here`;
    return [{ path: ["matching", "keys", at], about: [["members", key]], what: say`${key} has no column`, instead }];
  });

export const corroboratorsHaveColumns: Rule = ({ members, matching }) =>
  (matching?.corroborators ?? []).flatMap((corroborator, at) => {
    if (members === undefined || corroborator === undefined) return [];
    const columns = corroborator === "recentlyVerified" ? (["phoneVerifiedAt", "emailVerifiedAt"] as const) : ([corroborator] as const);
    if (columns.some((column) => members[column] !== undefined)) return [];
    const named = joinOr(columns.map((column) => `members.${column}`));
    const about = columns.map((column) => ["members", column]);
    const instead = say`name it as ${named}, or leave ${corroborator} out here`;
    return [{ path: ["matching", "corroborators", at], about, what: say`${corroborator} has no column`, instead }];
  });

/** `phoneVerifiedAt` and `phoneVerified` exclude each other and say something about a phone column; the same for e-mail. */
export const verifiedIsSaidOnce: Rule = (config) =>
  listMemberTables(config).flatMap(({ path, columns }) =>
    (["phone", "email"] as const).flatMap((key) => {
      const [column, always] = [`${key}VerifiedAt`, `${key}Verified`] as const;
      if (columns[column] !== undefined && columns[always] !== undefined) {
        return [{ path: [...path, always], what: say`${column} says the same with a time`, instead: "keep one of the two" }];
      }
      const said = columns[column] !== undefined ? column : columns[always] !== undefined ? always : undefined;
      if (said === undefined || columns[key] !== undefined) return [];
      const what = say`there is no ${key} column that it could be about`;
      return [{ path: [...path, said], about: [[...path, key]], what, instead: say`name ${key} too, or remove it` }];
    }),
  );

export const columnsAreSaidOneWay: Rule = (config) =>
  listColumns(config).flatMap(({ path, column }) => {
    const problem = typeof column === "string" ? undefined : describeColumn(column);
    return problem === undefined ? [] : [{ path, about: [path], ...problem }];
  });

type Sentence = { readonly what: string; readonly instead: string } | undefined;

function describeColumn(column: Exclude<ReadableColumn, string>): Sentence {
  const { sql, stored, of, keyFile, decrypt } = column;
  if ((column.column === undefined) === (sql === undefined)) {
    return { what: "a value comes from either a column or an expression", instead: `write { column: name } or { sql: "…" }` };
  }
  if (stored !== undefined && decrypt !== undefined) return { what: "stored and decrypt exclude each other", instead: "keep one of the two" };
  if (sql !== undefined && (stored ?? decrypt) !== undefined) return { what: "stored and decrypt belong to a column", instead: "write column: instead of sql:" };
  if (stored === undefined) {
    return (of ?? keyFile) === undefined ? undefined : { what: "of and keyFile belong to stored", instead: "add stored:, or remove them" };
  }
  if (of === undefined) return { what: "stored needs of: which form of the value was digested", instead: "add of: as-is, digits, hyphens, e164 or lower" };
  const needsKey = stored.startsWith("hmac-");
  if (needsKey === (keyFile !== undefined)) return undefined;
  return needsKey
    ? { what: "an HMAC needs its key", instead: "add keyFile: with the path of the key" }
    : { what: "a digest without HMAC has no key", instead: "remove keyFile, or write stored: hmac-sha256-hex" };
}
