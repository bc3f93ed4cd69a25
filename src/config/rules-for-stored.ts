import { say } from "../say.ts";
import { listColumns, listMemberTables, type ReadableColumn } from "./list-columns.ts";
import type { Path } from "./problems.ts";
import type { Rule, RuleProblem } from "./rules.ts";
import { holdsKey } from "./sql-keys.ts";

/** The forms in which each value can have been digested. */
const forms = {
  ci: ["as-is"],
  phone: ["digits", "hyphens", "e164", "as-is"],
  email: ["lower", "as-is"],
  name: ["as-is"],
  birthdate: ["digits", "hyphens", "as-is"],
} as const;
const values = ["ci", "phone", "email", "name", "birthdate"] as const;

const storedOf = (column: ReadableColumn | undefined): Exclude<ReadableColumn, string> | undefined =>
  typeof column === "object" && column.stored !== undefined ? column : undefined;

/** A digest stands for a key or an attribute, in a form that it has; a time and what a channel shows must be read. */
export const storedFitsTheValue: Rule = (config) => [
  ...listMemberTables(config).flatMap(({ path, columns }) =>
    values.flatMap((name): RuleProblem[] => {
      const form = storedOf(columns[name])?.of;
      const known: readonly string[] = forms[name];
      if (form === undefined || known.includes(form)) return [];
      return [{ path: [...path, name, "of"], what: say`${name} is never digested in this form`, instead: writeOneOf(known) }];
    }),
  ),
  ...listColumns(config).flatMap(({ path, column }): RuleProblem[] => {
    if (typeof column !== "object") return [];
    const last = path.at(-1);
    const isTime = path[0] === "members" && (last === "phoneVerifiedAt" || last === "emailVerifiedAt" || last === "lastLoginAt");
    if (isTime && (column.stored ?? column.decrypt) !== undefined) {
      return [{ path, what: "a time is read from a plain column", instead: `name a column with the time, or write { sql: "…" }` }];
    }
    if (path[0] === "channel" && column.stored !== undefined) return [{ path, what: "a digest cannot be shown", instead: "name a column with the value itself" }];
    return [];
  }),
];

function writeOneOf(known: readonly string[]): string {
  const last = known.at(-1) ?? "";
  return known.length < 2 ? say`write ${last}` : say`write ${known.slice(0, -1).join(", ")}, ${last}`;
}

/** Two tables of members may keep a key plain here and as a digest there, but never as two kinds of digest: values of one kind could not be compared with the other. */
export const keysHaveOneDigest: Rule = (config) => {
  const tables = listMemberTables(config);
  return (["ci", "phone", "email", "name"] as const).flatMap((key) => {
    const [first, ...others] = tables.flatMap(({ path, columns }) => {
      const column = storedOf(columns[key]);
      return column === undefined ? [] : [{ path: [...path, key], column }];
    });
    return others.flatMap(({ path, column }): RuleProblem[] => {
      const differs = (["stored", "of", "keyFile"] as const).some((word) => column[word] !== first?.column[word]);
      if (first === undefined || !differs) return [];
      return [{ path, about: [first.path, path], what: say`the ${key} of another table is another kind of digest`, instead: "write the same stored, of and keyFile, or leave the column out here" }];
    });
  });
};

/** A key in the text of an expression stands in logs of statements, in views and in this file. Values are filled in by now: `${NAME}` is no way round it. */
export const expressionsHoldNoKeys: Rule = (config) => {
  const quotedIsText = !/^postgres/i.test(config.database?.url ?? "");
  const instead = "put it under database.session, as app.key for PostgreSQL or \"@app_key\" for MySQL, and write current_setting('app.key') or @app_key here";
  return listExpressions(config)
    .filter(({ sql }) => holdsKey(sql, quotedIsText))
    .map(({ path }) => ({ path, what: "a key or salt is written into this expression", instead }));
};

/** Every SQL of the operator: expressions of columns, and conditions. */
function listExpressions(config: Parameters<Rule>[0]): readonly { readonly path: Path; readonly sql: string }[] {
  const { members, link, alsoLinkedIn = [], channel } = config;
  const conditions: { readonly path: Path; readonly sql: string | undefined }[] = [
    ...(["where", "withdrawn", "blocked", "otherLogin", "protected"] as const).map((name) => ({ path: ["members", name], sql: members?.[name] })),
    { path: ["link", "where"], sql: link?.where },
    ...alsoLinkedIn.map((place, at) => ({ path: ["alsoLinkedIn", at, "link", "where"], sql: place?.link?.where })),
    { path: ["channel", "marketing", "where"], sql: channel?.marketing?.where },
    ...Object.entries(channel?.segments ?? {}).map(([name, sql]) => ({ path: ["channel", "segments", name], sql })),
    ...listColumns(config).map(({ path, column }) => ({ path: [...path, "sql"], sql: typeof column === "object" ? column.sql : undefined })),
  ];
  return conditions.flatMap(({ path, sql }) => (sql === undefined ? [] : [{ path, sql }]));
}
