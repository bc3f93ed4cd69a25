import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Refusal } from "../src/core/orphans/brakes.ts";
import { KEEP_KINDS, UNLINK_KINDS } from "../src/core/orphans/kinds.ts";
import { unlinkingTexts } from "../src/messages/unlinking.ts";

const rules = readFileSync("docs/rules-unlinking.md", "utf8");

/** Every brake; the compiler says when one is missing. */
const brakes: Readonly<Record<Refusal["code"], true>> = {
  "csv-source": true, "database-replica": true, "database-read-only": true, "no-members": true, "no-links": true, "other-app": true, "members-shrunk": true, "links-shrunk": true,
  "kakao-users-shrunk": true, unlinks: true, "place-shrunk": true, "place-empty": true, "place-unreadable": true, "links-unreadable": true, "keys-unreadable": true, "database-behind": true,
};

test("every kind, and every brake, stands in the rules of unlinking", () => {
  expect([...KEEP_KINDS, ...UNLINK_KINDS].filter((kind) => !rules.includes(`| \`${kind}\` |`))).toEqual([]);
  expect(Object.keys(brakes).filter((code) => !rules.includes(`| \`brake-${code}\` |`))).toEqual([]);
});

test("every kind has a short sentence for a table of 80 columns and a whole one", () => {
  for (const kind of [...KEEP_KINDS, ...UNLINK_KINDS]) {
    expect(unlinkingTexts.kinds[kind].length).toBeLessThan(42);
    expect(unlinkingTexts.reasons[kind]).toMatch(/\.$/);
  }
});
