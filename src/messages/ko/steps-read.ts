import type { Sentences } from "./sentences.ts";

/** Reading decisions, options, fields; refusals; resuming. */
export const stepsReadKo: Sentences = {};
