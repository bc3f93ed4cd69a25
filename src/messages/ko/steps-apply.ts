import type { Sentences } from "./sentences.ts";

/** Before and while a plan is carried out. */
export const stepsApplyKo: Sentences = {};
