import type { Sentences } from "./sentences.ts";

/** The parts of a report. */
export const stepsReportKo: Sentences = {};
