import type { Sentences } from "./sentences.ts";

/** Who is left out of a customer file, and brakes of uploads. */
export const targetsKo: Sentences = {};
