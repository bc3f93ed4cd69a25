import type { Sentences } from "./sentences.ts";

/** SQLite. */
export const databaseSqliteKo: Sentences = {};
