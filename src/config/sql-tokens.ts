/** A word is a name, a number or a variable; a text is a literal, `'…'`, `$$…$$` or `0x…`; `"…"` is quoted. Comments and blanks are left out. */
export interface SqlToken {
  readonly kind: "word" | "text" | "quoted" | "mark";
  /** Without its quotes. */
  readonly text: string;
}

const patterns: readonly { readonly kind: SqlToken["kind"] | "none"; readonly pattern: RegExp }[] = [
  { kind: "none", pattern: /\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$)/y },
  { kind: "text", pattern: /e'((?:[^'\\]|''|\\[^])*)'/iy },
  { kind: "text", pattern: /(?:[nxb]|u&)?'((?:[^']|'')*)'/iy },
  { kind: "text", pattern: /(?<tag>\$(?:[a-z_]\w*)?\$)([^]*?)\k<tag>/iy },
  { kind: "text", pattern: /0x([0-9a-f]+)\b/iy },
  { kind: "quoted", pattern: /"((?:[^"]|"")*)"/y },
  { kind: "word", pattern: /`(?:[^`]|``)*`|[@:$]*[\p{L}\p{N}_][\p{L}\p{N}_$.]*/uy },
  { kind: "mark", pattern: /[^]/y },
];

/** The tokens of an SQL expression, enough to find calls and literals in it: no dialect is read in full. */
export function listSqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const found = findToken(sql, at);
    if (found.kind !== "none") tokens.push({ kind: found.kind, text: found.text });
    at += found.length;
  }
  return tokens;
}

function findToken(sql: string, at: number): { readonly kind: SqlToken["kind"] | "none"; readonly text: string; readonly length: number } {
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = at;
    const [whole = "", ...groups] = pattern.exec(sql) ?? [];
    if (whole !== "") return { kind, text: kind === "text" || kind === "quoted" ? (groups.at(-1) ?? "") : whole, length: whole.length };
  }
  return { kind: "none", text: "", length: 1 };
}
