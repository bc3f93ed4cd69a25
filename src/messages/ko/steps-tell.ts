import type { Sentences } from "./sentences.ts";

/** Results of plans and runs: mapping, unlinking, undo, pull, month. */
export const stepsTellKo: Sentences = {};
