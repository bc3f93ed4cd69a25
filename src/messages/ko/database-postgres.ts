import type { Sentences } from "./sentences.ts";

/** PostgreSQL. */
export const databasePostgresKo: Sentences = {};
