import Database from "better-sqlite3";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { compareValues, FalseHit } from "../../src/commands/steps/compare-values.ts";
import type { Context } from "../../src/context.ts";
import { openContext } from "../../src/context/open-context.ts";
import { kakaoUser, match, member } from "../helpers/match.ts";

const opened: Context[] = [];

afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
});

/** A context on a database whose one member has this phone number. */
async function openWith(phone: string): Promise<Context> {
  const cwd = mkdtempSync(join(tmpdir(), "kakao-sync-compare-"));
  new Database(join(cwd, "members.db")).exec(`create table members (id integer primary key, phone text, kakao_id text unique); insert into members values (1, '${phone}', null)`).close();
  writeFileSync(join(cwd, "kakao-sync.config.yaml"), 'database: { url: "sqlite:./members.db" }\nmembers: { table: members, id: id, phone: phone, phoneVerified: always, where: all }\nlink: { column: kakao_id }\nkakao: { appId: 1 }\nmatching: { phone: alone }\n');
  const env = { KAKAO_SYNC_KEY: Buffer.alloc(32, 1).toString("base64") };
  const context = openContext({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env, cwd, signal: new AbortController().signal }, { color: false, quiet: true }, "map-members");
  opened.push(context);
  const database = await context.database();
  await database.inspect();
  return context;
}

/** Plans a link by phone between this member and this user, and compares it with the database; `digest` says whether the row counts as unchanged. */
async function compare(context: Context, digest: (text: string) => string): Promise<void> {
  const users = [kakaoUser("100", { phone: "01012345670" })];
  const { sides, plan } = match([member("1", { phone: "01012345670" })], users, { phone: "alone", phoneVerifiedAlways: true });
  expect(plan.counts.link.phone).toBe(1);
  await compareValues(context, sides, plan, digest, [users]);
}

const plannedDigest = (): string => match([member("1", { phone: "01012345670" })], [kakaoUser("100", { phone: "01012345670" })]).sides.members.usedValues(0);

test("a pair whose real values are equal may be planned, however they are written", async () => {
  await expect(compare(await openWith("+82 10-1234-5670"), plannedDigest)).resolves.toBeUndefined();
});

test("a pair that only a hash called equal is not planned", async () => {
  await expect(compare(await openWith("01099999990"), plannedDigest)).rejects.toThrow(FalseHit);
});

test("a member who has changed since is left to apply, which finds it moved", async () => {
  await expect(compare(await openWith("01099999990"), () => "0".repeat(32))).resolves.toBeUndefined();
});
