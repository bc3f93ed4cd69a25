import type { Sentences } from "./sentences.ts";

/** The page of a report. */
export const reportKo: Sentences = {};
