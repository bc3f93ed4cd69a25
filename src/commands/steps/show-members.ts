import type { Context } from "../../context.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { readMember } from "../../core/matching/member-side.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import type { MemberRow } from "../../core/member.ts";
import type { ShownValues } from "./write-mapping-plan.ts";

const idsAtOnce = 1000;

/** The masked values of every member that a list shows, by its row. A member that is gone by now has none. */
export async function showMembers(context: Context, sides: Sides, plan: MappingPlan): Promise<ReadonlyMap<number, ShownValues>> {
  const shown = new Map<number, ShownValues>();
  const wanted = new Set([...plan.candidates, ...plan.contradicted.map(({ member }) => member)]);
  for await (const [row, member] of findRows(context, sides, wanted)) {
    const { phone, email, name, birthdate } = readMember(member, sides.options);
    shown.set(row, context.showValues({ phone: textOf(phone), email: textOf(email), name, birthdate }));
  }
  return shown;
}

/** Looks kept members up in the database again, each with its row. */
export async function* findRows(context: Context, sides: Sides, rows: Iterable<number>): AsyncIterable<readonly [number, MemberRow]> {
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
      for (const member of await (await context.database()).findMembers(place, [...batch.keys()])) {
        const row = batch.get(member.id);
        if (row !== undefined) yield [row, member];
      }
    }
  }
}

function textOf(value: string | number): string | null {
  return typeof value === "string" ? value : null;
}
