import type { Context } from "../../context.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import { readSeconds, YOUNG_SECONDS } from "../../core/kakao-user.ts";
import { OperatorError } from "../../errors.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import { say } from "../../say.ts";
import { listConfiguredUses } from "./audit-uses.ts";
import { attempt, type Check, fail, ok, warn } from "./doctor-check.ts";

/** Clocks that differ by more let somebody look older than a day who is not (U1). */
const mostClockMs = 5 * 60_000;
/** Calls a month that Kakao grants an app (kakao-api.md section 5). */
const monthlyQuota = 3_000_000;

/** Three calls at most: a page of ids, their link dates, and the consents of one user who was linked long enough ago. No personal value is read. */
export async function checkKakao(context: Context, open: () => KakaoClient, hasWorkspace: boolean): Promise<readonly Check[]> {
  const key = await askForIds(open);
  if (key.kakao === undefined) return key.checks;
  const { kakao, ids } = key;
  const clock = checkClock(context, kakao);
  const items = clock.some(({ result }) => result === "fail") ? [] : await attempt("items", () => checkItems(context, kakao, ids));
  return [...key.checks, ...clock, ...items, ...(hasWorkspace ? checkRate(context) : [])];
}

/** The first page of ids: it needs the key and the address, and says nothing of anybody. */
async function askForIds(open: () => KakaoClient): Promise<{ readonly checks: readonly Check[] } & ({ readonly kakao: KakaoClient; readonly ids: readonly KakaoId[] } | { readonly kakao?: undefined })> {
  const accepted = [ok("Kakao key", "accepted"), ok("caller address", "may call")];
  try {
    const kakao = open();
    for await (const ids of kakao.listUserIds()) return { checks: [...accepted, ok("Kakao users", ids.length < 100 ? say`${ids.length} linked` : "100 linked or more")], kakao, ids };
    return { checks: [...accepted, warn("Kakao users", "the app has no linked users", "If it should have some, look whether the key is that of the service's app.")], kakao, ids: [] };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    if (error.code !== "kakao-ip-mismatch") return { checks: [fail(error.code === "kakao-401" || error.code.startsWith("admin-key") ? "Kakao key" : "Kakao", error.message, error.hint)] };
    return { checks: [ok("Kakao key", "known"), fail("caller address", error.message, error.hint)] };
  }
}

function checkClock(context: Context, kakao: KakaoClient): readonly Check[] {
  const offset = kakao.clockOffsetMs();
  if (offset === undefined) return [warn("clock", "Kakao's answer had no date to compare with", "Look whether this machine's clock is right: timedatectl")];
  const seconds = Math.round(Math.abs(offset) / 1000).toLocaleString("en-US");
  if (Math.abs(offset) <= mostClockMs) return [ok("clock", Math.abs(offset) < 2000 ? "as Kakao's" : say`${seconds} s off Kakao's`)];
  const here = new Date(context.now()).toISOString().replace(/\.\d+Z$/, "Z");
  const found = offset > 0 ? say`${seconds} s behind Kakao's: who was linked in the last 24 hours could not be told (${here} here)` : say`${seconds} s ahead of Kakao's: who was linked in the last 24 hours could not be told (${here} here)`;
  return [fail("clock", found, "Set this machine's clock: switch NTP on (timedatectl set-ntp true).")];
}

/** Whether the items that the configuration uses are on, as one user's consents tell. */
async function checkItems(context: Context, kakao: KakaoClient, ids: readonly KakaoId[]): Promise<readonly Check[]> {
  const uses = listConfiguredUses(context.config, false);
  const asked = await findOldUser(context, kakao, ids);
  if (asked === undefined) return ids.length === 0 ? [] : [ok("items", "nobody of the first users was linked long enough ago to ask about (24 hours)")];
  const scopes = await kakao.readScopes(asked);
  if (scopes === "not-linked") return [ok("items", "the user who was asked about has gone meanwhile")];
  const on = new Set(scopes.filter(({ using }) => using).map(({ id }) => id));
  const off = uses.filter(({ item }) => !on.has(item));
  if (off.length === 0) return [ok("items", say`on, as one user's consents tell: ${uses.map(({ item }) => item).join(", ")}`)];
  return [warn("items", say`not among one user's consents: ${off.map(({ item, by }) => `${item} (${by})`).join(", ")}`, "Look in the console (카카오 로그인 > 동의항목) whether they are on: without them nobody is found by them. kakao-sync audit-consent --live asks about a sample.")];
}

async function findOldUser(context: Context, kakao: KakaoClient, ids: readonly KakaoId[]): Promise<KakaoId | undefined> {
  if (ids.length === 0) return undefined;
  const latest = Math.floor(context.now() / 1000) - YOUNG_SECONDS;
  return (await kakao.readBasics(ids)).find(({ connectedAt }) => (readSeconds(connectedAt) ?? Infinity) <= latest)?.id;
}

/** What this workspace's commands have used; other programs of the app are not known here. */
function checkRate(context: Context): readonly Check[] {
  const { listingPerMinute, monthlyShare } = context.config.limits;
  const now = context.now();
  const listed = context.workspace().listingTimes.load().filter((time) => Math.abs(now - time) < 60_000).length;
  const used = context.callsThisMonth();
  const allowed = Math.floor(monthlyShare * monthlyQuota);
  const detail = say`${Math.max(0, listingPerMinute - listed)} of ${listingPerMinute} listing calls left this minute, ${Math.max(0, allowed - used).toLocaleString("en-US")} of ${allowed.toLocaleString("en-US")} calls this month (of this workspace)`;
  return [used >= allowed ? warn("rate", detail, "Wait for the next month, or raise limits.monthlyShare.") : ok("rate", detail)];
}
