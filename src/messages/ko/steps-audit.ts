import type { Sentences } from "./sentences.ts";

/** audit-consent: begin, catalogue, differences, report. */
export const stepsAuditKo: Sentences = {};
