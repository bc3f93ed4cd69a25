import type { Sentences } from "./sentences.ts";

/** Findings about the application, the review and the age setting. */
export const consentApplicationKo: Sentences = {};
