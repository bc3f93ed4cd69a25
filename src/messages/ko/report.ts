import type { Sentences } from "./sentences.ts";

/** The page of a report. */
export const reportKo: Sentences = {
  "To the contents": "본문으로",
  Sections: "목차",
  Search: "찾기",
  all: "전체",
};
