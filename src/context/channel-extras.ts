import type { ChannelConfig, ColumnMap, Config } from "../config/config.ts";
import type { ExtraSource } from "../database/service-database.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { toSource } from "./to-database-map.ts";

/** What one reading of the members is to hold of `channel`, beside the consents, which it always holds. */
export interface ChannelWish {
  /** A name of `channel.segments`. */
  readonly segment?: string | undefined;
  /** `members.phone` of rows of any state, withdrawn members' too, as stored. */
  readonly phone?: boolean;
  readonly fields?: boolean;
}

/** `sources` is `MemberWish.extras`; the others are the places of their texts in `MemberRow.extras`, null for what is not configured or not wished for. */
export interface ChannelExtras {
  readonly sources: readonly ExtraSource[];
  readonly agreed: number;
  readonly agreedAt: number;
  readonly reconfirmedAt: number | null;
  readonly night: number | null;
  readonly phone: number | null;
  readonly segment: number | null;
  /** In the order of `channel.fields`; empty where they are not wished for. */
  readonly fields: readonly number[];
}

/** Where the database finds what `channel` asks for. Throws StartError without that section, and for a segment that it does not name. */
export function toChannelExtras({ channel, members }: Config, { segment, phone = false, fields = false }: ChannelWish): ChannelExtras {
  if (channel === undefined) throw new StartError({ code: "channel-missing", message: "The configuration has no section channel.", hint: "Write it as docs/configuration.md shows: publicId, idType and marketing." });
  const sources: ExtraSource[] = [];
  const add = (source: ExtraSource): number => sources.push(source) - 1;
  const optional = (name: string, column: ColumnMap | undefined, toExtra: (name: string, column: ColumnMap) => ExtraSource): number | null => (column === undefined ? null : add(toExtra(name, column)));
  const { agreed, agreedAt, reconfirmedAt, night } = channel.marketing;
  const consent = (key: string, column: ColumnMap): ExtraSource => toConsent(channel, key, column);
  const places = {
    agreed: add(consent("agreed", agreed)),
    agreedAt: add(consent("agreedAt", agreedAt)),
    reconfirmedAt: optional("reconfirmedAt", reconfirmedAt, consent),
    night: optional("night", night, consent),
    phone: phone ? optional("members.phone", members.phone, toColumn) : null,
    segment: segment === undefined ? null : add({ kind: "condition", name: `channel.segments.${segment}`, sql: findSegment(channel, segment) }),
    fields: fields ? Object.entries(channel.fields).map(([name, field]) => add(toColumn(`channel.fields.${name}`, field.column))) : [],
  };
  return { sources, ...places };
}

function toConsent({ marketing: { table } }: ChannelConfig, key: string, column: ColumnMap): ExtraSource {
  const name = `channel.marketing.${key}`;
  return table === undefined ? toColumn(name, column) : { kind: "lookup", name, ...table, column: toSource(column) };
}

function toColumn(name: string, column: ColumnMap): ExtraSource {
  return { ...toSource(column), name };
}

function findSegment({ segments }: ChannelConfig, name: string): string {
  const sql = Object.hasOwn(segments, name) ? segments[name] : undefined;
  if (sql !== undefined) return sql;
  const known = Object.keys(segments);
  throw new StartError({
    code: "segment-unknown",
    message: say`There is no segment ${name} in the configuration.`,
    hint: known.length === 0 ? say`Write it under channel.segments: { ${/^[\w-]+$/.test(name) ? name : "vip"}: "an SQL condition over the member table" }` : say`Name one of channel.segments: ${known.join(", ")}.`,
  });
}
