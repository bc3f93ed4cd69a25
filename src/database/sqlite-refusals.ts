import Database from "better-sqlite3";

const refusals: readonly string[] = ["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"];

/**
 * Writes rows in one statement, and where a unique index refuses it, in halves, so that one row does not stop the others. A statement that fails
 * leaves nothing behind (`OR ABORT`). Gives the refused rows; every other error passes.
 */
export function writeInHalves<Row>(rows: readonly Row[], write: (some: readonly Row[]) => void): readonly Row[] {
  if (rows.length === 0) return [];
  try {
    write(rows);
    return [];
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !refusals.includes(error.code)) throw error;
    if (rows.length === 1) return rows;
    const middle = Math.ceil(rows.length / 2);
    return [...writeInHalves(rows.slice(0, middle), write), ...writeInHalves(rows.slice(middle), write)];
  }
}
