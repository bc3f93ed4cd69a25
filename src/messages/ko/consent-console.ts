import type { Sentences } from "./sentences.ts";

/** Findings about the console, the code and the live app. */
export const consentConsoleKo: Sentences = {};
