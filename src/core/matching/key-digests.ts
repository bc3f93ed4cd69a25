import { DIGESTED_KEYS, isPlaceholder, nameScripts, readDigestText, renderStoredForm, UNUSABLE, type DigestedKey, type KeyReading, type StoredDigest, type StoredForm } from "../keys.ts";

/** A key of which the database keeps digests, as the configuration says it. */
export interface DigestedColumn {
  /** For each place, whether its column holds the digest. A place with the value itself is digested to be compared. */
  readonly places: readonly boolean[];
  readonly stored: StoredDigest;
  readonly form: StoredForm;
  /** Of a text in that form, as `readDigestText` gives it. */
  readonly digest: (text: string) => string;
}

/** The same, with the digests of what identifies nobody. */
export interface KeyDigest extends DigestedColumn {
  readonly nobody: ReadonlyMap<string, KeyReading>;
}

export type KeyDigests = Readonly<Partial<Record<DigestedKey, KeyDigest>>>;

/** Makes the digests of placeholders ready; `placeholders` are those of the configuration, in comparable form. */
export function prepareDigests(columns: Readonly<Partial<Record<DigestedKey, DigestedColumn>>>, placeholders: ReadonlySet<string>): KeyDigests {
  const digests: Partial<Record<DigestedKey, KeyDigest>> = {};
  for (const key of DIGESTED_KEYS) {
    const column = columns[key];
    if (column !== undefined) digests[key] = { ...column, nobody: listNobody(key, column, placeholders) };
  }
  return digests;
}

/** Whether the place's column holds digests of this key. */
export function isDigested(key: DigestedKey, place: number, digests: KeyDigests | undefined): boolean {
  return digests?.[key]?.places[place] === true;
}

/** A comparable value as this run compares it: itself, or its digest where the database keeps digests of this key. */
export function digestComparable(key: DigestedKey, comparable: string, digests: KeyDigests | undefined): KeyReading {
  const column = digests?.[key];
  if (column === undefined) return comparable;
  const text = renderStoredForm(key, comparable, column.form);
  return text === null ? UNUSABLE.undigestable : column.digest(text);
}

/** The stored digest of a place as it is compared; undefined where the place holds the value itself. */
export function readStoredDigest(key: DigestedKey, raw: string | null, place: number, digests: KeyDigests | undefined): KeyReading | undefined {
  const column = digests?.[key];
  if (column?.places[place] !== true) return undefined;
  const text = readDigestText(raw, column.stored);
  return typeof text === "string" ? (column.nobody.get(text) ?? text) : text;
}

/** A comparable name as this run compares it; null when it is unknown. */
export function digestName(comparable: string | null, digests: KeyDigests | undefined): string | null {
  const name = comparable === null ? null : digestComparable("name", comparable, digests);
  return typeof name === "string" ? name : null;
}

/** The scripts of a name that is compared. Only Hangul names are digested: any two digests have it in common. */
export function scriptsOf(name: string, digests: KeyDigests | undefined): number {
  return nameScripts(digests?.name === undefined ? name : "\uAC00");
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** An empty text, and the placeholders that can be listed: of the configuration, one character as a CI, numbers of one digit and that of every sample form. */
function listNobody(key: DigestedKey, { form, digest }: DigestedColumn, configured: ReadonlySet<string>): ReadonlyMap<string, KeyReading> {
  const alike = key === "ci" ? [...base64].map((one) => `${one.repeat(86)}==`) : key === "phone" ? listAlikePhones() : [];
  const texts = [...alike, ...configured].flatMap((comparable) => renderStoredForm(key, comparable, form) ?? []);
  return new Map<string, KeyReading>([...texts.map((text) => [digest(text), UNUSABLE.placeholder] as const), [digest(""), UNUSABLE.empty]]);
}

function listAlikePhones(): readonly string[] {
  const tails = [..."0123456789"].flatMap((digit) => [digit.repeat(7), digit.repeat(8)]);
  const phones = ["010", "011", "016", "017", "018", "019"].flatMap((prefix) => tails.map((tail) => prefix + tail));
  return ["01012345678", ...phones].filter((phone) => isPlaceholder("phone", phone, new Set()));
}
