import { isKakaoId, recogniseKakaoId } from "../kakao-id.ts";
import { readPhone, UNUSABLE, type ForeignPhone } from "../keys.ts";
import { readPhoneId } from "./header.ts";

/** Whom a row that refuses refuses for. */
export interface RefusedIds {
  readonly ids: readonly bigint[];
  /** It holds something that names nobody: whom it refuses for is not known. */
  readonly isUnread: boolean;
}

const nobody: RefusedIds = { ids: [], isUnread: false };

/** A number, read generously: whoever is understood wrongly is only not written to. What is exported is read by the letter. */
export function readRefusedPhone(raw: string | null, foreign: ForeignPhone): RefusedIds {
  const strict = readPhone(raw, foreign);
  if (typeof strict === "string") return { ids: toIds([strict]), isUnread: false };
  if (raw === null || strict !== UNUSABLE.malformed) return { ids: [], isUnread: false };
  const text = clean(raw);
  const found = [text, text.replaceAll("/", ""), ...text.split(between)].map((part) => readPhone(part.replace(spreadsheetZero, ""), foreign)).filter((one) => typeof one === "string");
  return { ids: toIds(found), isUnread: found.length === 0 };
}

/** Every Kakao id that the links mean, also those spelled otherwise. */
export function readRefusedLinks(links: readonly string[]): RefusedIds {
  // Nearly every row: one link at most, and that is an id.
  const [only] = links;
  if (only === undefined) return nobody;
  if (links.length === 1 && isKakaoId(only)) return { ids: [BigInt(only)], isUnread: false };
  const found = links.map((link) => {
    const id = recogniseKakaoId(link);
    return id !== undefined ? [id] : clean(link).split(between).map(recogniseKakaoId);
  });
  const ids = new Set(found.flat().flatMap((id) => (id === undefined || id === "" ? [] : [id])));
  return { ids: [...ids].map((id) => BigInt(id)), isUnread: found.some((some) => some.every((id) => id === undefined)) };
}

function toIds(numbers: readonly string[]): readonly bigint[] {
  return [...new Set(numbers)].flatMap((number) => readPhoneId(number) ?? []);
}

/** What people and spreadsheets put around a number: a quote or plus in front, `tel:`, words in brackets, marks between. */
const marks = /^[\s'’‘`"+]+(?=['’‘`"\d])|\btel\s*:|\([^()]*[^\d()\s+-][^()]*\)|\[[^\]]*\]|[_~·・‧∙]|\p{Cf}/giu;
const between = /[,;/|]/;
const spreadsheetZero = /\.0+\s*$/;

function clean(text: string): string {
  return text.normalize("NFKC").replace(marks, "").trim();
}
