/** The only fields of a customer file that may hold text; any other holds numbers (kakao-api.md 8.1). */
export const TEXT_FIELDS: readonly string[] = ["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"];
const mostFields = 30;

/** A customer file's fields with their types: fixed with its creation. */
export type FileSchema = Readonly<Record<string, "string" | "number">>;

/** What Kakao would not take: found before a file is made, since its schema can never be changed. */
export type SchemaProblem = { readonly code: "no-fields" } | { readonly code: "too-many-fields"; readonly fields: number; readonly most: number } | { readonly code: "text-field"; readonly name: string };

export function checkSchema(schema: FileSchema): readonly SchemaProblem[] {
  const entries = Object.entries(schema);
  return [
    ...(entries.length === 0 ? [{ code: "no-fields" } as const] : []),
    ...(entries.length > mostFields ? [{ code: "too-many-fields", fields: entries.length, most: mostFields } as const] : []),
    ...entries.filter(([name, type]) => type === "string" && !TEXT_FIELDS.includes(name)).map(([name]) => ({ code: "text-field", name }) as const),
  ];
}

/** Fields that the file lacks, has beside, or has with another type; in no particular order, each once. */
export function compareSchemas(file: Readonly<Record<string, string>>, configured: FileSchema): readonly string[] {
  const names = new Set([...Object.keys(file), ...Object.keys(configured)]);
  return [...names].filter((name) => file[name] !== configured[name]);
}
