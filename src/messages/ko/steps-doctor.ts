import type { Sentences } from "./sentences.ts";

/** doctor and explain. */
export const stepsDoctorKo: Sentences = {};
