import type { Sentences } from "./sentences.ts";

/** Findings about terms, policies and CI. */
export const consentTermsKo: Sentences = {};
