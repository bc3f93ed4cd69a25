import type { Sentences } from "./sentences.ts";

/** What the commands themselves say. */
export const commandsKo: Sentences = {};
