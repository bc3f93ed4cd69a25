import type { Sentences } from "./sentences.ts";

/** Review reasons, notes, refused decisions, rows that moved; purposes on the record. */
export const answersKo: Sentences = {};
