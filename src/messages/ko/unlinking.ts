import type { Sentences } from "./sentences.ts";

/** Kinds of Kakao users, brakes and outcomes of unlinking. */
export const unlinkingKo: Sentences = {};
