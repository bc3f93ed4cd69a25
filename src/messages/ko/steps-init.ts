import type { Sentences } from "./sentences.ts";

/** The wizard. */
export const stepsInitKo: Sentences = {};
