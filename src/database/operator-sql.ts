/** An operator's SQL on lines of its own, so that a comment at its end hides nothing of ours. */
export function wrapSql(sql: string): string {
  return `(\n${sql}\n)`;
}

/** The parts of an AND, spelled alike (case, blanks, quotes of names, outer brackets): enough to tell the conditions of partial indexes apart. */
export function splitCondition(sql: string): string[] {
  const spell = (part: string): string => part.toLowerCase().replaceAll(/["`[\]]/g, " ").replaceAll(/\s*(<>|!=|>=|<=|=|>|<)\s*/g, " $1 ");
  const spelled = sql.replaceAll(/'(?:[^']|'')*'|[^']+/g, (part) => (part.startsWith("'") ? part : spell(part)));
  return splitParts(spelled.replaceAll(/\s+/g, " ").replaceAll(/(?<=\() | (?=\))/g, "").trim());
}

function splitParts(text: string): string[] {
  let depth = 0;
  let start = 0;
  const parts: string[] = [];
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[()]| and /g)) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (token !== " and " || depth > 0) continue;
    parts.push(text.slice(start, index));
    start = index + token.length;
  }
  if (parts.length > 0) return [...parts, text.slice(start)].flatMap((part) => splitParts(part.trim()));
  return isBracketed(text) ? splitParts(text.slice(1, -1).trim()) : [text];
}

/** True when the first bracket closes at the very end. */
function isBracketed(text: string): boolean {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[()]/g)) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0) return token === ")" && index === text.length - 1 && text.startsWith("(");
  }
  return false;
}

/** True for a part that only an empty link in this column fails. */
export function leavesOutEmpty(part: string, column: string): boolean {
  return ["is not null", "<> ''", "!= ''", "> ''", "<> '0'", "!= '0'", "<> 0", "!= 0", "> 0"].some((end) => part === `${column.toLowerCase()} ${end}`);
}
