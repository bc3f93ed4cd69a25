import type { Sentences } from "./sentences.ts";

/** MySQL and MariaDB. */
export const databaseMysqlKo: Sentences = {};
