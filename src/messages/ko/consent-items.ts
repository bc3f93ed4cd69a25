import type { Sentences } from "./sentences.ts";

/** Findings about the consent file and consent items. */
export const consentItemsKo: Sentences = {};
