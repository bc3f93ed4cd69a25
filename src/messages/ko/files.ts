import type { Sentences } from "./sentences.ts";

/** Files that are read and written. */
export const filesKo: Sentences = {};
