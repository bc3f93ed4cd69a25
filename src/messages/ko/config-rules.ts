import type { Sentences } from "./sentences.ts";

/** Rules between settings, and warnings. */
export const configRulesKo: Sentences = {};
