import type { Context } from "../../context.ts";
import { UNUSABLE, type KeyReading } from "../../core/keys.ts";
import { KEY_NAMES, type KeyName } from "../../core/member.ts";
import type { MatchingOptions } from "../../core/matching/options.ts";
import { readMember } from "../../core/matching/read-member.ts";
import { RepeatedHashes } from "../../core/repeated-hashes.ts";
import { TextHash } from "../../core/text-hash.ts";
import type { ServiceDatabase } from "../../database/service-database.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { type Check, ok, warn } from "./doctor-check.ts";
import { readMappingOptions } from "./read-mapping-options.ts";

/** What one key's column holds, over all members who have not withdrawn. */
interface KeyCount {
  filled: number;
  usable: number;
  readonly hashes: RepeatedHashes;
}

/** From this share of the filled values on, that many are no key for the usual reasons only. */
const usualShare = 0.9;

/** In how many members each key can be used, and how many values several members share. Reads every member once; nothing of it is kept. */
export async function checkKeys(context: Context, database: ServiceDatabase): Promise<readonly Check[]> {
  const options: MatchingOptions = { ...readMappingOptions(context, await context.foreignPhone(), true), seed: context.drawSeed() };
  const progress = context.terminal.progress("Members read");
  const counts = new Map(options.keys.map((key) => [key, { filled: 0, usable: 0, hashes: new RepeatedHashes() }]));
  const hash = new TextHash(options.seed);
  let members = 0;
  try {
    for await (const page of database.readMembers({ values: options.keys })) {
      await context.checkpoint();
      for (const row of await context.values().open(page)) {
        if (row.state === "withdrawn") continue;
        members += 1;
        const read = readMember(row, options);
        for (const [key, count] of counts) add(count, hash, read[key]);
      }
      progress.update(members);
    }
  } finally {
    progress.stop();
  }
  return KEY_NAMES.flatMap((key) => {
    const count = counts.get(key);
    return count === undefined ? [] : [describe(key, count, members)];
  });
}

function add(count: KeyCount, hash: TextHash, reading: KeyReading): void {
  if (reading === UNUSABLE.empty) return;
  count.filled += 1;
  if (typeof reading !== "string") return;
  count.usable += 1;
  hash.read(reading);
  count.hashes.add(hash);
}

const names: Readonly<Record<KeyName, string>> = { ci: "key CI", phone: "key phone", email: "key e-mail" };

function describe(key: KeyName, { filled, usable, hashes }: KeyCount, members: number): Check {
  const shared = hashes.repeatedCount;
  const share = members === 0 ? 0 : Math.floor((usable * 100) / members);
  const detail = say`usable in ${usable.toLocaleString("en-US")} of ${members.toLocaleString("en-US")} members (${share} %)${filled > usable ? say`, filled with something else in ${(filled - usable).toLocaleString("en-US")} more` : ""}; ${shared === 0 ? say`no value is shared` : say`shared by several members: ${countOf(shared, "value")}`}`;
  const what = names[key];
  if (members === 0) return ok(what, "there are no members");
  if (usable === 0) return warn(what, detail, say`Look whether members.${key} names the right column; if it is encrypted or a digest, say so (docs/configuration.md).`);
  if (usable < filled * usualShare) return warn(what, detail, say`Look at members.${key}: more than one in ten of its values is malformed or a placeholder.`);
  if (key === "ci" && shared > 0) return warn(what, detail, "Two members with one CI are one person with two accounts: they go to review.");
  return ok(what, detail);
}
