import { isKakaoId } from "../kakao-id.ts";
import { readBirthdate, readCi, readMemberEmail, readName, readPhone, readTime } from "../keys.ts";

/** What values look like, whatever their column is called. */
export interface Contents {
  /** Values that are not empty. */
  readonly filled: number;
  /** Of the filled values, from 0 to 1. */
  readonly share: Readonly<Record<ContentKind, number>>;
}

const kinds = {
  ci: (value: string) => typeof readCi(value) === "string",
  /** Foreign numbers say nothing here: whoever has any has Korean ones, too. */
  phone: (value: string) => typeof readPhone(value, () => null) === "string",
  email: (value: string) => typeof readMemberEmail(value, []) === "string",
  name: (value: string) => readName(value) !== null && !value.includes("@"),
  date: (value: string) => readBirthdate(value) !== null,
  time: (value: string) => value.length >= 8 && readTime(value),
  kakaoId: (value: string) => /^\d{6,}$/.test(value) && isKakaoId(value),
  /** A digest in hexadecimal digits, as text or bytes, or in base64 that is no CI. */
  digest: (value: string) => /^(?:\\x|0x)?(?:[0-9a-f]{64}|[0-9a-f]{128})$/i.test(value) || /^[A-Za-z0-9+/]{43}=$/.test(value),
  flag: (value: string) => /^(?:[01yntf]|true|false|yes|no|on|off|동의|미동의|거부)$/i.test(value),
  /** A zero date stands for none. */
  zeroDate: (value: string) => /^0000-00-00/.test(value),
} satisfies Readonly<Record<string, (value: string) => boolean>>;

type ContentKind = keyof typeof kinds;

export function readContents(values: readonly (string | null)[]): Contents {
  const filled = values.filter((value) => value !== null && value.trim() !== "").map(String);
  const shareOf = (is: (value: string) => boolean): number => (filled.length === 0 ? 0 : filled.filter(is).length / filled.length);
  return {
    filled: filled.length,
    share: {
      ci: shareOf(kinds.ci), phone: shareOf(kinds.phone), email: shareOf(kinds.email), name: shareOf(kinds.name), date: shareOf(kinds.date), time: shareOf(kinds.time),
      kakaoId: shareOf(kinds.kakaoId), digest: shareOf(kinds.digest), flag: shareOf(kinds.flag), zeroDate: shareOf(kinds.zeroDate),
    },
  };
}

/** The distinct values with their counts, the most frequent first; undefined where there are more than `most`, which is no list of states. */
export function listDistinct(values: readonly (string | null)[], most: number): readonly { readonly value: string | null; readonly count: number }[] | undefined {
  const counts = new Map<string | null, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > most) return undefined;
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((left, right) => right.count - left.count);
}
