import type { Context } from "../../context.ts";
import { readSeconds } from "../../core/kakao-user.ts";
import { readPlaceholders } from "../../core/keys.ts";
import { prepareDigests } from "../../core/matching/key-digests.ts";
import { KEY_NAMES, type KeyName } from "../../core/member.ts";
import type { UnlinkNumbers } from "../../core/orphans/brakes.ts";
import { READING } from "../../core/orphans/kinds.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";
import { readUserKeys, SharedKeys, type SharedKeyOptions, type UserKeys } from "../../core/orphans/shared-keys.ts";
import type { Inspection } from "../../database/service-database.ts";
import { askInPages } from "./ask-in-pages.ts";
import { detailsPerCall } from "./ask-kakao.ts";
import { eachMemberPage } from "./each-member-page.ts";

/** Users whose keys are in memory at a time: some 10 MB. More of them cost one more pass over the members each time. */
const usersAPass = 100_000;

const properties: Readonly<Record<KeyName, string>> = { ci: "kakao_account.ci", phone: "kakao_account.phone_number", email: "kakao_account.email" };

/** Keys with a column in any member table: all of them are searched for, whatever `matching.keys` says. */
function listConfiguredKeys({ config: { members } }: Context): readonly KeyName[] {
  return KEY_NAMES.filter((key) => [members, ...members.also].some((table) => table[key] !== undefined));
}

/**
 * Reads the details of users and searches every live and not-live member for a shared key. Nothing of the details is kept on disk or beyond the search; `received`
 * counts CIs, also where it is interrupted. Answers how well the members' keys could be read; null where nobody had to be searched for.
 */
export async function searchKeys(context: Context, inspection: Inspection, users: LinkedUsers, rows: Uint32Array, received: { ci: number }): Promise<UnlinkNumbers["keys"]> {
  if (rows.length === 0) return null;
  const foreignPhone = await context.foreignPhone();
  const placeholders = readPlaceholders(context.config.matching.placeholders, foreignPhone);
  const options: SharedKeyOptions = { keys: listConfiguredKeys(context), placeholders, foreignPhone, digests: prepareDigests(context.values().digests, placeholders), seed: context.drawSeed() };
  let readings: UnlinkNumbers["keys"] = null;
  for (let start = 0; start < rows.length; start += usersAPass) {
    const part = rows.subarray(start, start + usersAPass);
    const shared = new SharedKeys(part.length, options);
    const keys = await readDetails(context, users, part, options, received, (at, found) => shared.add(at, found));
    await seeMembers(context, inspection, options, shared);
    part.forEach((row, at) => users.setKeys(row, { hasKey: keys[at] === 1, isShared: shared.isShared(at) }));
    readings = shared.readings;
  }
  return readings;
}

/** Answers for each of the rows whether its user has a usable key. A user who left Kakao's answer out, or was linked anew since the basics, stays unread. */
async function readDetails(context: Context, users: LinkedUsers, rows: Uint32Array, options: SharedKeyOptions, received: { ci: number }, take: (at: number, keys: UserKeys) => void): Promise<Uint8Array> {
  const hasKey = new Uint8Array(rows.length);
  const asked = [...options.keys.map((key) => properties[key]), ...(context.config.kakao.app.autoLink === false ? ["has_signed_up"] : [])];
  const positions = Uint32Array.from(rows, (_row, at) => at);
  await askInPages(context, "Details", positions, detailsPerCall, async (kakao, page) => {
    const rowOf = (at: number): number => rows[at] ?? 0;
    const answers = new Map((await kakao.readUsers(page.map((at) => users.ids.at(rowOf(at))), asked)).map((user) => [user.id, user]));
    for (const at of page) {
      const user = answers.get(users.ids.at(rowOf(at)));
      if (user === undefined) continue;
      if (user.account.ci !== null) received.ci += 1;
      if (user.connectedAt !== null && readSeconds(user.connectedAt) !== users.linkedAt(rowOf(at))) continue;
      users.setReading(rowOf(at), user.hasSignedUp === false ? READING.preregistered : READING.read);
      const keys = readUserKeys(user, options);
      if (keys.hasKey) hasKey[at] = 1;
      take(at, keys);
    }
  });
  return hasKey;
}

async function seeMembers(context: Context, inspection: Inspection, { keys }: SharedKeyOptions, shared: SharedKeys): Promise<void> {
  const tally = context.values().tally();
  await eachMemberPage(context, "Searching members", inspection, async (page) => {
    const opened = await context.values().open(page, keys);
    tally.add(opened);
    shared.see(opened);
  });
  tally.refuseMany();
}
