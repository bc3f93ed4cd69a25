import type { Context } from "../../context.ts";
import type { ChannelExtras } from "../../context/channel-extras.ts";
import type { MemberRow, ValueName } from "../../core/member.ts";
import { UNOPENED, type TargetInput } from "../../core/targets/judge.ts";
import type { ExtraSource, Inspection } from "../../database/service-database.ts";
import { linksOf, readMemberPages } from "./each-member-page.ts";

/** Sees each page once its encrypted values are opened. */
type SeeOpened = (page: readonly MemberRow[]) => void;

/**
 * The first reading: only what says which identifiers are refused, of the member table alone, since the rows of `members.also` hold no consent. Numbers of withdrawn
 * members are read here, and only to know whom they refuse for.
 */
export async function* readNarrowInputs(context: Context, inspection: Inspection, extras: ChannelExtras, opened: SeeOpened): AsyncIterable<Iterable<TargetInput>> {
  const { sources, at } = narrow(extras);
  for await (const page of readMemberPages(context, "Reading consents", inspection, { values: [], extras: sources })) {
    if (page[0]?.place !== 0) continue;
    const phones = at.phone === null ? page : await openPhones(context, page, at.phone);
    opened(phones);
    yield each(page, (row, index) => toInput(row, at, phoneOf(phones[index] ?? row), null));
  }
}

/** The second reading: everything that the rules and the file need, of every table; and the numbers of withdrawn members once more, who may have refused since. */
export async function* readFullInputs(context: Context, inspection: Inspection, extras: ChannelExtras, opened: SeeOpened): AsyncIterable<Iterable<TargetInput>> {
  const { channel, members } = context.config;
  const values: readonly ("phone" | "birthdate")[] = [...(channel?.idType === "phone" ? (["phone"] as const) : []), ...(members.birthdate === undefined ? [] : (["birthdate"] as const))];
  for await (const page of readMemberPages(context, "Reading members", inspection, { values, extras: extras.sources })) {
    const rows = await context.values().open(page, values);
    opened(rows);
    const withdrawn = extras.phone === null ? new Map<MemberRow, MemberRow>() : await openWithdrawn(context, rows, extras.phone);
    yield each(rows, (row) => toInput(row, extras, phoneOf(withdrawn.get(row) ?? row), row.birthdate));
  }
}

/** One row after another: a page of them would live long enough to be moved about in memory. */
function* each(rows: readonly MemberRow[], read: (row: MemberRow, index: number) => TargetInput): Iterable<TargetInput> {
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (row !== undefined) yield read(row, index);
  }
}

/** The rows with the number of the extra column, opened where it is encrypted: withdrawn members', too, whose keys are otherwise never read. */
async function openPhones(context: Context, rows: readonly MemberRow[], at: number): Promise<readonly MemberRow[]> {
  const asked = rows.map((row): MemberRow => ({ ...row, state: "notLive", phone: row.extras?.[at] ?? null }));
  if (context.config.members.phone?.kind !== "decrypt") return asked;
  const names: readonly ValueName[] = ["phone"];
  return context.values().open(asked, names);
}

async function openWithdrawn(context: Context, rows: readonly MemberRow[], at: number): Promise<ReadonlyMap<MemberRow, MemberRow>> {
  const withdrawn = rows.filter(({ place, state }) => place === 0 && state === "withdrawn");
  const opened = await openPhones(context, withdrawn, at);
  return new Map(withdrawn.flatMap((row, index) => (opened[index] === undefined ? [] : [[row, opened[index]]])));
}

function phoneOf({ phone, undecryptable }: MemberRow): string | null {
  return undecryptable?.phone === undefined ? phone : UNOPENED;
}

type Places = Omit<ChannelExtras, "sources">;

/** Of all that was wished for, what the first reading needs. */
function narrow(extras: ChannelExtras): { readonly sources: readonly ExtraSource[]; readonly at: Places } {
  const sources: ExtraSource[] = [];
  const keep = (at: number | null): number | null => {
    const source = at === null ? undefined : extras.sources[at];
    return source === undefined ? null : sources.push(source) - 1;
  };
  const at = { agreed: keep(extras.agreed) ?? 0, agreedAt: -1, reconfirmedAt: null, night: keep(extras.night), phone: keep(extras.phone), segment: keep(extras.segment), fields: [] };
  return { sources, at };
}

function toInput(row: MemberRow, at: Places, phone: string | null, birthdate: string | null): TargetInput {
  const { place, id: memberId, state, extras } = row;
  return {
    place, memberId, state, phone, birthdate,
    agreed: textAt(extras, at.agreed), agreedAt: textAt(extras, at.agreedAt), reconfirmedAt: textAt(extras, at.reconfirmedAt), night: textAt(extras, at.night),
    links: linksOf(row),
    inSegment: at.segment === null || textAt(extras, at.segment) !== null,
    fields: at.fields.map((index) => textAt(extras, index)),
  };
}

function textAt(extras: MemberRow["extras"], index: number | null): string | null {
  return index === null || extras === undefined ? null : (extras[index] ?? null);
}
