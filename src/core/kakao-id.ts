/**
 * A Kakao id (회원번호) is a 64-bit number, unique per app, carried as decimal text everywhere:
 * a JavaScript number loses digits above 2^53 (kakao-api.md section 1).
 */
export type KakaoId = string;

const largest = "9223372036854775807";

/** True for canonical decimal text from 1 to 2^63-1: no sign, no leading zero, no blank. */
export function isKakaoId(text: string): boolean {
  const length = text.length;
  if (length === 0 || length > 19) return false;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  if (text.charCodeAt(0) === 48) return false;
  return length < 19 || text <= largest;
}

/**
 * The Kakao id that a stored text clearly means, though another program spelled it otherwise: blanks around it, zeros in front, `.0` behind. Empty for what means nobody
 * (blank, zero); undefined for anything else.
 */
export function recogniseKakaoId(stored: string): KakaoId | "" | undefined {
  if (isKakaoId(stored)) return stored;
  const trimmed = stored.trim();
  if (trimmed === "") return "";
  const id = /^(\d+)(?:\.0+)?$/.exec(trimmed)?.[1]?.replace(/^0+/, "");
  return id === "" || (id !== undefined && isKakaoId(id)) ? id : undefined;
}

/** Numeric order of two Kakao ids in canonical text: shorter is smaller, equal lengths compare as text. */
export function compareKakaoIds(left: KakaoId, right: KakaoId): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The id after this one, as the next listing request starts there; undefined after 2^63-1. */
export function nextKakaoId(id: KakaoId): KakaoId | undefined {
  return id === largest ? undefined : String(BigInt(id) + 1n);
}

/** How a stored link reads (product.md section 2): empty is NULL, `''` or `0`; anything but a Kakao id is malformed. */
export type LinkReading = "empty" | "linked" | "malformed";

export function readLink(stored: string | null): LinkReading {
  if (stored === null || stored === "" || stored === "0") return "empty";
  return isKakaoId(stored) ? "linked" : "malformed";
}
