/** One value for the filter to decrypt. */
export interface FilterRequest {
  /** The column of the database. */
  readonly column: string;
  /** As stored; bytes as `\x` and hexadecimal digits. */
  readonly value: string;
}

/** Why a filter could not decrypt a value. Whatever else it says counts as `other`: its words could hold a value. */
const DECRYPT_FAILURES = ["wrong-key", "damaged", "format", "other"] as const;
export type DecryptFailure = (typeof DECRYPT_FAILURES)[number];

export type FilterAnswer = { readonly value: string | null } | { readonly failure: DecryptFailure };

export function renderRequest(id: number, { column, value }: FilterRequest): string {
  return `${JSON.stringify({ id, column, value })}\n`;
}

/** The answer in a line of the filter; null where the line is no answer. */
export function readAnswer(line: string): { readonly id: number; readonly answer: FilterAnswer } | null {
  const parsed = parse(line);
  const { id, value, error } = parsed;
  if (typeof id !== "number" || (value === undefined) === (error === undefined)) return null;
  if (error !== undefined) return { id, answer: { failure: DECRYPT_FAILURES.find((known) => known === error) ?? "other" } };
  return typeof value === "string" || value === null ? { id, answer: { value } } : null;
}

function parse(line: string): { readonly id?: unknown; readonly value?: unknown; readonly error?: unknown } {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
