import type { Context } from "../../context.ts";
import type { SortedIds } from "../../core/id-order.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import { readSeconds } from "../../core/kakao-user.ts";
import type { LinkedPlace, ServiceDatabase } from "../../database/service-database.ts";
import { OperatorError } from "../../errors.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import type { UnlinkRow } from "../../workspace/unlink-store.ts";
import { readPlace } from "./read-place.ts";

/** Why a planned user is left alone after all (U3). */
export type SparedWhy = "held" | "elsewhere" | "pending" | "linked-anew" | "no-answer";

/** Where an id is in use: with which members, at which place, or in which table of people signing up. */
export interface Use {
  readonly why: Extract<SparedWhy, "held" | "elsewhere" | "pending">;
  /** `members`, or the name of the place or table. */
  readonly where: string;
}

/** What Kakao's basics show of a planned user: the plan's link date, another one, or no user. */
export type KakaoSight = { readonly is: "same" } | { readonly is: "absent" } | { readonly is: "spared"; readonly why: "linked-anew" | "no-answer" };

/** Looks at places one question at a time: a connection takes no second one before it has answered the first. */
export interface PlaceLook {
  /** Where the user is in use now, on the primary; null where nowhere. */
  findUse(row: UnlinkRow): Promise<Use | null>;
  close(): Promise<void>;
}

/**
 * U3's look at the member tables, `members.pending` and every place of `alsoLinkedIn`. Ids that are spelled otherwise there are found by no question for one id: all are
 * read now, and these count until the end. Close it after use.
 */
export async function openPlaceLook(context: Context): Promise<PlaceLook> {
  const database = await context.database();
  const tables = await database.openPending();
  let last: Promise<unknown> = Promise.resolve();
  const close = async (): Promise<void> => {
    await last;
    for (const table of tables) await table.close();
  };
  try {
    const pending = await readSpelledOtherwise(tables);
    const places = await readSpelledOtherwise(await context.places());
    return {
      findUse: (row) => {
        const asked = last.then(() => findUse(row, { database, pending, places }));
        last = asked.catch(() => undefined);
        return asked;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Askable {
  readonly database: ServiceDatabase;
  readonly pending: readonly AskedPlace[];
  readonly places: readonly AskedPlace[];
}

interface AskedPlace {
  readonly place: LinkedPlace;
  readonly otherwise: SortedIds;
}

async function readSpelledOtherwise(places: readonly LinkedPlace[]): Promise<readonly AskedPlace[]> {
  const asked: AskedPlace[] = [];
  for (const place of places) asked.push({ place, otherwise: (await readPlace(place)).takeSpelledOtherwise() });
  return asked;
}

async function holds({ place, otherwise }: AskedPlace, id: KakaoId): Promise<boolean> {
  return otherwise.find(id) >= 0 || (await place.findHeldIds([id])).has(id);
}

async function findUse([id, kind]: UnlinkRow, { database, pending, places }: Askable): Promise<Use | null> {
  if ((await database.findHeldIds([id], "counted")).has(id) && !(kind === "withdrawn" && (await isLeaversOnly(database, id)))) return { why: "held", where: "members" };
  for (const asked of pending) if (await holds(asked, id)) return { why: "pending", where: asked.place.name };
  for (const asked of places) if (await holds(asked, id)) return { why: "elsewhere", where: asked.place.name };
  return null;
}

/** A withdrawn user is planned because leavers hold the id: they may, and nobody else. */
async function isLeaversOnly(database: ServiceDatabase, id: KakaoId): Promise<boolean> {
  const holders = await database.findHolders(id);
  return holders.length > 0 && holders.every(({ state }) => state === "withdrawn");
}

/**
 * U3's look at Kakao. Basics leave out who is not linked, and also who is dormant at Kakao: whoever is missing is asked for alone, where only -101 is `absent`.
 * Throws Kakao's code about the user (`readKakaoCode`).
 */
export async function lookAtKakao(kakao: KakaoClient, [id, , linkedAt]: UnlinkRow): Promise<KakaoSight> {
  const [basics] = await kakao.readBasics([id]);
  if (basics === undefined) return (await kakao.isLinked(id)) ? { is: "spared", why: "no-answer" } : { is: "absent" };
  const seen = readSeconds(basics.connectedAt);
  if (seen === null) return { is: "spared", why: "no-answer" };
  return seen === linkedAt ? { is: "same" } : { is: "spared", why: "linked-anew" };
}

/** Codes that speak of one user (U6). */
const userCodes: ReadonlySet<number> = new Set([-103, -4, -402, -406, -501]);

/** Kakao's code about this user alone; undefined for anything that concerns the run. */
export function readUserCode(error: unknown): number | undefined {
  const code = error instanceof OperatorError ? /^kakao(-\d+)$/.exec(error.code)?.[1] : undefined;
  return code !== undefined && userCodes.has(Number(code)) ? Number(code) : undefined;
}

/** True for a code that says nothing about the run: whole series of them stop nothing. */
export function isUserCode(code: number): boolean {
  return userCodes.has(code);
}
