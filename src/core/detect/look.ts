/** A column of a database that nobody has described yet. */
export interface ColumnLook {
  readonly name: string;
  /** As the database declares it, in lower case: `varchar(40)`, `bigint unsigned`; empty where it declares none. */
  readonly type: string;
  /** A new row must give it a value: never NULL, and the database fills nothing in. */
  readonly mustBeGiven: boolean;
}

/** What the catalogue says of a table or view. */
export interface TableLook {
  /** As `members.table` would name it. */
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly ColumnLook[];
  /** Empty without one. */
  readonly primaryKey: readonly string[];
  /** Columns of each unique index over plain columns and without a condition, the primary key among them. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Null where nobody knows without counting at length. */
  readonly rows: number | null;
  /** `rows` is what the database's own statistics say. */
  readonly isEstimate: boolean;
}

/** Values of a row in the order of the columns that were asked for, cut to 200 characters; bytes as `\x` and hexadecimal digits. */
export type SampleRow = readonly (string | null)[];

/** A table with some of its rows, all columns of each. */
export interface SampledTable extends TableLook {
  readonly sample: readonly SampleRow[];
}

/** A column by its name, whatever the case; undefined where the table has none. */
export function findColumn(table: TableLook, name: string): ColumnLook | undefined {
  const wanted = name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === wanted);
}

/** The sample's values of one column, in the order of the rows. */
export function valuesOf(table: SampledTable, name: string): readonly (string | null)[] {
  const at = table.columns.findIndex((column) => column.name === name);
  return table.sample.map((row) => row[at] ?? null);
}
