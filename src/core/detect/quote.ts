/** Words that no engine takes for a column's name without quotes. */
const reserved = new Set(["user", "order", "group", "leave", "key", "index", "level", "rank", "groups", "check", "default", "desc", "end", "from", "to", "condition", "signal", "out", "release"]);

export type SqlEngine = "sqlite" | "postgres" | "mysql" | "csv";

/** A column's name as a condition needs it: quoted only where it must be. */
export function quoteColumn(engine: SqlEngine, name: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && (engine !== "postgres" || name === name.toLowerCase());
  if (isPlain && !reserved.has(name.toLowerCase())) return name;
  return engine === "mysql" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** A value as a condition needs it: numbers of numeric columns as they are, all else in quotes. */
export function quoteValue(value: string, type: string): string {
  const isNumber = /^-?\d+$/.test(value) && /int|numeric|decimal|number|serial|bit|^bool/.test(type);
  return isNumber ? value : `'${value.replaceAll("'", "''")}'`;
}
