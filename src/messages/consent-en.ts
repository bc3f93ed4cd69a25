import { applicationTexts } from "./consent-en-application.ts";
import { consoleAndLiveTexts } from "./consent-en-console.ts";
import { fileAndItemTexts } from "./consent-en-items.ts";
import { termAndAgeTexts } from "./consent-en-terms.ts";
import type { RuleText } from "./consent.ts";

/** The sentences of the consent rules, in English; the fix also in Korean, because the console is Korean. */
export const consentEn: Readonly<Record<string, RuleText>> = { ...fileAndItemTexts, ...applicationTexts, ...termAndAgeTexts, ...consoleAndLiveTexts };
