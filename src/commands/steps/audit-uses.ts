import type { Config } from "../../config/config.ts";
import type { ConfiguredUse } from "../../core/consent/model.ts";

const keyItems = { ci: "account_ci", phone: "phone_number", email: "account_email" } as const;

/** Fields of a channel's customer file whose values Kakao has as an item, too (kakao-api.md 8.1). */
const fieldItems: Readonly<Record<string, readonly string[]>> = { 생년월일: ["birthyear", "birthday"], 성별: ["gender"], 연령: ["age_range"] };

/** The consent items that the configuration needs: keys and corroborators of matching, fields of the channel, and the channel's relation. */
export function listConfiguredUses({ members, matching, channel }: Pick<Config, "members" | "matching" | "channel">, relation: boolean): ConfiguredUse[] {
  const corroborators = matching.corroborators.flatMap((by): readonly ConfiguredUse[] => {
    const use = `matching.corroborators: ${by}`;
    if (by === "name" && members.name !== undefined) return [{ item: "name", by: use }];
    if (by === "birthdate" && members.birthdate !== undefined) return ["birthyear", "birthday"].map((item) => ({ item, by: use }));
    return by === "email" && !matching.keys.includes("email") ? [{ item: "account_email", by: use }] : [];
  });
  return [
    ...matching.keys.map((key) => ({ item: keyItems[key], by: `matching.keys: ${key}` })),
    ...corroborators,
    ...Object.keys(channel?.fields ?? {}).flatMap((field) => (fieldItems[field] ?? []).map((item) => ({ item, by: `channel.fields: ${field}` }))),
    ...(relation ? [{ item: "plusfriends", by: "--relation" }] : []),
  ];
}
