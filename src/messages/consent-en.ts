import type { RuleText } from "./consent.ts";

/** The sentences of the consent rules, in English; the fix also in Korean, because the console is Korean. */
export const consentEn: Readonly<Record<string, RuleText>> = {};
