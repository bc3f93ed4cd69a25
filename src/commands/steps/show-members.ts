import type { Context } from "../../context.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { isDigested } from "../../core/matching/key-digests.ts";
import { readMember } from "../../core/matching/read-member.ts";
import type { MatchingOptions } from "../../core/matching/options.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import { VALUE_NAMES, type MemberRow, type ValueName } from "../../core/member.ts";
import type { ShownValues } from "./write-mapping-plan.ts";

const idsAtOnce = 1000;

/** The masked values of every member that a list shows, by its row. A member that is gone by now has none. */
export async function showMembers(context: Context, sides: Sides, plan: MappingPlan): Promise<ReadonlyMap<number, ShownValues>> {
  const shown = new Map<number, ShownValues>();
  const wanted = new Set([...plan.candidates, ...plan.contradicted.map(({ member }) => member)]);
  for await (const [row, member] of findRows(context, sides, wanted)) {
    shown.set(row, showMember(context, sides.options, member));
  }
  return shown;
}

/** A member's values as lists show them: masked; of a digest it is said that there is one, never which. */
export function showMember(context: Context, options: MatchingOptions, member: MemberRow): ShownValues {
  const compared = readMember(member, options);
  const { phone, email, name, birthdate } = options.digests === undefined ? compared : readMember(member, { ...options, digests: {} });
  const masked = context.showValues({ phone: textOf(phone), email: textOf(email), name, birthdate });
  const show = (key: "phone" | "email" | "name"): string => (isDigested(key, member.place, options.digests) ? (typeof compared[key] === "string" ? "(digest)" : "") : masked[key]);
  return { phone: show("phone"), email: show("email"), name: show("name"), birthdate: masked.birthdate };
}

/** Looks kept members up in the database again, each with its row and these of its values (or all) opened. */
export async function* findRows(context: Context, sides: Sides, rows: Iterable<number>, names: readonly ValueName[] = VALUE_NAMES): AsyncIterable<readonly [number, MemberRow]> {
  const byPlace = new Map<number, number[]>();
  for (const row of rows) {
    const place = sides.members.places.at(row);
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, [row]);
    else known.push(row);
  }
  for (const [place, here] of byPlace) {
    here.sort((left, right) => left - right);
    for (let start = 0; start < here.length; start += idsAtOnce) {
      const batch = new Map(here.slice(start, start + idsAtOnce).map((row) => [sides.members.ids.at(row), row]));
      const found = await (await context.database()).findMembers(place, [...batch.keys()]);
      for (const member of await context.values().open(found, names)) {
        const row = batch.get(member.id);
        if (row !== undefined) yield [row, member];
      }
    }
  }
}

function textOf(value: string | number): string | null {
  return typeof value === "string" ? value : null;
}
