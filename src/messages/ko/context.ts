import type { Sentences } from "./sentences.ts";

/** Operator, window, sandbox, failures. */
export const contextKo: Sentences = {};
