import type { Sentences } from "./sentences.ts";

/** Exports and uploads. */
export const stepsTargetsKo: Sentences = {};
