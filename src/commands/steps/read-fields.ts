import type { ChannelConfig } from "../../config/config.ts";
import type { Context } from "../../context.ts";
import { createCellReader } from "../../core/targets/cells.ts";
import { readDayFormat } from "../../core/targets/days.ts";
import type { ReadField } from "../../core/targets/judge.ts";
import type { FieldValue } from "../../core/targets/targets.ts";

/** The section `channel`. Throws StartError where it is missing, and for a segment that it does not name. */
export function requireChannel(context: Context, segment?: string): ChannelConfig {
  context.channelExtras({ segment });
  const { channel } = context.config;
  if (channel === undefined) throw new Error("a configuration without channel was not refused");
  return channel;
}

/** How the values of `channel.fields` are read. `findUnencodable` names the characters that the file's encoding lacks. */
export function createFieldReader({ config: { database } }: Context, { fields }: ChannelConfig, findUnencodable: (text: string) => readonly string[] = () => []): ReadField {
  const readers = Object.values(fields).map(({ type, format }) => {
    const day = format === undefined ? null : readDayFormat(format, database.timeZone);
    return createCellReader({ type, ...(day === null ? {} : { day }) });
  });
  return (field, raw) => {
    const value = readers[field]?.(raw) ?? null;
    const lacking = typeof value === "string" ? findUnencodable(value) : [];
    return lacking.length > 0 ? { bad: `not-in-cp949: ${lacking.join(" ")}` } : (value satisfies FieldValue | { readonly bad: string });
  };
}
