import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderStoredForm, type StoredForm } from "../../src/core/keys.ts";
import { prepareDigests } from "../../src/core/matching/key-digests.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { match, type Matched } from "../helpers/match.ts";
import { drawPopulation, type GeneratedMember, type Population } from "./reference/population.ts";

const keys = ["ci", "phone", "email"] as const;
const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const seed = Number(process.env["MATCHING_SEED"] ?? 20261121);

/** The row with digests of its keys in the places that keep them; what is no key stays as it is, and is no digest either. */
function digestRow({ row, values }: GeneratedMember, forms: Readonly<Record<(typeof keys)[number], StoredForm>>, places: readonly boolean[]): MemberRow {
  if (places[row.place] !== true) return row;
  const digested = keys.map((key) => {
    const { comparable } = values[key];
    const text = comparable === null ? null : renderStoredForm(key, comparable, forms[key]);
    return [key, text === null || row[key] === null ? row[key] : sha(text)];
  });
  return { ...row, ...Object.fromEntries(digested) };
}

function describeAll({ plan, sides: { members } }: Matched): unknown {
  return { counts: plan.counts, contradicted: plan.contradicted, quality: plan.quality, usable: members.usableCounts };
}

/** Of a digest nobody sees that its address is made up: that is looked for on Kakao's side, and evidence may then be unknown instead of differ. */
const seesEveryAddress = ({ options }: Population): boolean => options.syntheticEmails.length === 0;

test("digests of keys, in all places or in one, give the answers and the evidence of the keys themselves", { timeout: 300_000 }, () => {
  const draw = fc.tuple(drawPopulation(30, 25).filter(seesEveryAddress), fc.constantFrom<StoredForm>("digits", "hyphens", "e164", "as-is"), fc.constantFrom([true, true], [true, false], [false, true]));
  let links = 0;
  fc.assert(
    fc.property(draw, ([{ members, users, elsewhere, dangling, options }, phone, places]) => {
      const column = (form: StoredForm) => ({ places, stored: "sha256-hex" as const, form, digest: sha });
      const digests = prepareDigests({ ci: column("as-is"), phone: column(phone), email: column("lower") }, options.placeholders);
      const plain = match(members.map(({ row }) => row), users, options, elsewhere, [], dangling);
      const digested = match(members.map((member) => digestRow(member, { ci: "as-is", phone, email: "lower" }, places)), users, { ...options, digests }, elsewhere, [], dangling);
      expect(digested.users).toEqual(plain.users);
      expect(describeAll(digested)).toEqual(describeAll(plain));
      links += plain.users.filter(({ action }) => action === "link" || action === "relink").length;
    }),
    { numRuns: 300, seed },
  );
  // Worth something only while there is something to link.
  expect(links).toBeGreaterThan(100);
});
