import { describe, expect, it } from "vitest";
import { toChannelExtras } from "../../src/context/channel-extras.ts";
import { least, load } from "../config/write-config.ts";

const channel = (marketing: string, more = ""): string =>
  `${least.replace("ci: ci", "ci: ci, phone: phone, phoneVerified: always")}channel: { publicId: _Abcd, idType: phone, marketing: ${marketing}, segments: { vip: "level > 3" }, fields: { 지역: region, level: { column: { sql: "level + 1" }, type: number } }${more} }\n`;

describe("what a reading is to hold for the channel", () => {
  it("is the consents, and what is wished for, each at a place that is told", () => {
    const config = load(channel("{ agreed: ok, agreedAt: at, night: night }"));
    const extras = toChannelExtras(config, { segment: "vip", phone: true, fields: true });
    const sources = [
      { kind: "column", name: "channel.marketing.agreed", column: "ok" },
      { kind: "column", name: "channel.marketing.agreedAt", column: "at" },
      { kind: "column", name: "channel.marketing.night", column: "night" },
      { kind: "column", name: "members.phone", column: "phone" },
      { kind: "condition", name: "channel.segments.vip", sql: "level > 3" },
      { kind: "column", name: "channel.fields.지역", column: "region" },
      { kind: "sql", name: "channel.fields.level", sql: "level + 1" },
    ];
    expect(extras).toEqual({ sources, agreed: 0, agreedAt: 1, reconfirmedAt: null, night: 2, phone: 3, segment: 4, fields: [5, 6] });
    expect(toChannelExtras(config, {})).toEqual({ sources: sources.slice(0, 3), agreed: 0, agreedAt: 1, reconfirmedAt: null, night: 2, phone: null, segment: null, fields: [] });
  });

  it("comes from the table of consents where there is one, but for fields and segments", () => {
    const { sources } = toChannelExtras(load(channel(`{ table: consents, memberId: member_id, where: "kind = 'ad'", agreed: ok, agreedAt: { sql: "date(at)" }, reconfirmedAt: again }`)), { fields: true });
    const lookup = { kind: "lookup", table: "consents", memberId: "member_id", where: "kind = 'ad'" };
    expect(sources).toEqual([
      { ...lookup, name: "channel.marketing.agreed", column: { kind: "column", column: "ok" } },
      { ...lookup, name: "channel.marketing.agreedAt", column: { kind: "sql", sql: "date(at)" } },
      { ...lookup, name: "channel.marketing.reconfirmedAt", column: { kind: "column", column: "again" } },
      { kind: "column", name: "channel.fields.지역", column: "region" },
      { kind: "sql", name: "channel.fields.level", sql: "level + 1" },
    ]);
  });

  it("is refused without a channel, and for a segment that has no name there", () => {
    expect(() => toChannelExtras(load(least), {})).toThrow(expect.objectContaining({ exitCode: 2, code: "channel-missing" }));
    const config = load(channel("{ agreed: ok, agreedAt: at }"));
    expect(() => toChannelExtras(config, { segment: "toString" })).toThrow(expect.objectContaining({ exitCode: 2, code: "segment-unknown", message: "There is no segment toString in the configuration.", hint: "Name one of channel.segments: vip." }));
  });
});
