import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import type { TableShape } from "./mysql-schema.ts";
import type { ColumnShape } from "./mysql-values.ts";

/**
 * Throws StartError where a table of rows of members compares members' ids otherwise than their own table does: a row for 'ABC' would count for 'abc' and 'ABC' alike, or for
 * neither of them. Numbers and bytes are compared by what they are.
 */
export function refuseOtherCollations(all: readonly MysqlPlace[], { table, member }: { readonly table: TableShape; readonly member: ColumnShape }): void {
  const differing = all.filter(({ id }) => id.kind === "text" && member.kind === "text" && comparison(id) !== comparison(member));
  const [first] = differing;
  if (first === undefined) return;
  throw new StartError({
    code: "id-collations",
    message: differing.map((place) => say`${place.table.name}.${place.id.name} is compared by ${place.id.collation ?? ""}, ${table.name}.${member.name} by ${member.collation ?? ""}: the same text may be one member's id here and another's, or nobody's, there.`).join("\n"),
    hint: say`Make ${table.name} compare as the members do, and write the column's default and comment behind it if it has them: ALTER TABLE ${table.sql} MODIFY ${member.sql} ${member.type} CHARACTER SET ${first.id.charset ?? ""} COLLATE ${first.id.collation ?? ""} ${member.nullable ? "NULL" : "NOT NULL"};`,
  });
}

/** The kinds of UTF-8 compare alike. */
function comparison({ collation }: ColumnShape): string {
  return (collation ?? "").replace(/^utf8(mb[34])?_/, "utf8_");
}
