import type { Sentences } from "./sentences.ts";

/** What all engines and dumps say. */
export const databaseKo: Sentences = {};
