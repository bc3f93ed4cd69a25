import type { Sentences } from "./sentences.ts";

/** What is wrong with a configuration. */
export const configKo: Sentences = {};
