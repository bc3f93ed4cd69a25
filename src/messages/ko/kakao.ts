import type { Sentences } from "./sentences.ts";

/** Kakao's answers and what to do about them; columns that are opened by a key or a filter. */
export const kakaoKo: Sentences = {};
