import type { Sentences } from "./sentences.ts";

/** Commands and flags, and what is wrong with words on the command line. */
export const cliKo: Sentences = {
  "Usage:": "사용법:",
  "Options:": "옵션:",
  "Arguments:": "인자:",
  "Commands:": "명령:",
  "Global Options:": "공통 옵션:",
  "Examples:": "예:",
};
