import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { createTimeFormat } from "./clock.ts";
import { chooseValues } from "./extras.ts";
import type { ServiceDatabaseOptions } from "./open.ts";
import type { ChangeGuards, ChangeOutcome, DanglingLink, DatabaseLock, ExtraSource, HeldRows, Inspection, LinkChange, LinkedPlace, LinkRestore, MemberWish, RestoreOutcome, ServiceDatabase } from "./service-database.ts";
import { PostgresConnection, type Transaction } from "./postgres-connection.ts";
import { readIdentity } from "./postgres-identity.ts";
import { countMembers, inspectPlaces, listUnfilled } from "./postgres-inspect.ts";
import { inspectWriting } from "./postgres-inspect-writing.ts";
import { type DanglingPage, readDanglingPage, readHeldInTable, readHolderIds } from "./postgres-link-rows.ts";
import { restoreTable } from "./postgres-link-restore.ts";
import { checkWritten, writeTableChanges } from "./postgres-link-write.ts";
import { placeOn } from "./postgres-linked-place.ts";
import { takeLock } from "./postgres-lock.ts";
import { type Places, type PostgresPlace, resolvePlaces } from "./postgres-place.ts";
import { pageSizeOf, readByIds, readHeldIds, readHolders, readPage } from "./postgres-read.ts";
import { restoreAll } from "./postgres-restore.ts";
import { openReplica, readReplicaLag } from "./postgres-replica.ts";
import { otherServerError, refuseDifferentCounts } from "./replica.ts";
import { parsePostgresUrl } from "./postgres-url.ts";
import { readBack, writeChanges } from "./postgres-write.ts";

/** Ids that one look-up statement takes. */
const lookUpSize = 5_000;

/** Connects and learns the server's identity; nothing is read of the members yet. Throws StartError where that fails. */
export async function openPostgres(options: ServiceDatabaseOptions): Promise<ServiceDatabase> {
  const primary = new PostgresConnection(parsePostgresUrl(options.url), options);
  const reader = options.readUrl === undefined ? primary : new PostgresConnection(parsePostgresUrl(options.readUrl), options);
  try {
    const identity = await openIdentified(reader, options);
    if (reader !== primary && (await openIdentified(primary, options)) !== identity) throw otherServerError();
    return new PostgresDatabase(options, primary, reader, identity);
  } catch (error) {
    await Promise.all([reader.close(), primary.close()]);
    throw error;
  }
}

async function openIdentified(connection: PostgresConnection, { map }: ServiceDatabaseOptions): Promise<string> {
  await connection.open();
  return connection.transaction("read", "open", (sql) => readIdentity(sql, map.members.table));
}

class PostgresDatabase implements ServiceDatabase {
  readonly engine = "postgres";
  readonly identity: string;
  readonly #options: ServiceDatabaseOptions;
  readonly #primary: PostgresConnection;
  readonly #reader: PostgresConnection;
  readonly #timeFormat: Intl.DateTimeFormat;
  #replica: PostgresConnection | undefined;
  #places: Places | undefined;
  #locks: DatabaseLock[] = [];

  constructor(options: ServiceDatabaseOptions, primary: PostgresConnection, reader: PostgresConnection, identity: string) {
    this.#options = options;
    this.#primary = primary;
    this.#reader = reader;
    this.identity = identity;
    this.#timeFormat = createTimeFormat(options.timeZone);
  }

  async inspect(extras: readonly ExtraSource[] = []): Promise<Inspection> {
    const places = (this.#places = await this.#resolve(extras));
    await this.#read(this.#reader, (sql) => inspectPlaces(sql, this.#options.map, places));
    const rows = await this.#read(this.#primary, (sql) => countMembers(sql, places));
    if (this.#reader !== this.#primary) {
      const read = await this.#read(this.#reader, (sql) => countMembers(sql, places));
      refuseDifferentCounts(places.all.map(({ table }, at) => ({ table: table.name, read: read[at] ?? 0, primary: rows[at] ?? 0 })));
    }
    const writing = await this.#read(this.#primary, (sql) => inspectWriting(sql, this.#options.map, places));
    return { rows, unfilledColumns: listUnfilled(places), ...writing };
  }

  async *readMembers({ values, extras = [] }: MemberWish = {}): AsyncGenerator<readonly MemberRow[]> {
    const places = await this.#resolve(extras);
    for (const place of places.all.map((one) => ({ ...one, values: chooseValues(one.values, values) }))) {
      const pageSize = pageSizeOf(place, places.extras);
      for (let after: string | null = null; ; ) {
        const from: string | null = after;
        const rows: readonly MemberRow[] = await this.#read(this.#reader, (sql) => readPage(sql, places, place, from, pageSize));
        if (rows.length > 0) yield rows;
        if (rows.length < pageSize) break;
        after = rows.at(-1)?.id ?? null;
      }
    }
  }

  async *readDanglingLinks(): AsyncGenerator<readonly DanglingLink[]> {
    const { linkTable, all } = await this.#resolved();
    if (linkTable === null) return;
    for (let after: readonly string[] | null = null; ; ) {
      const from: readonly string[] | null = after;
      const page: DanglingPage = await this.#read(this.#reader, (sql) => readDanglingPage(sql, linkTable, all, from));
      if (page.links.length > 0) yield page.links;
      if (page.next === null) return;
      after = page.next;
    }
  }

  async findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]> {
    const places = await this.#resolved();
    const asked = new Set(ids);
    const rows: MemberRow[] = [];
    for (const some of inChunks(ids)) rows.push(...(await this.#read(this.#primary, (sql) => readByIds(sql, places, placeAt(places, place), some))).rows);
    return rows.filter((row) => asked.delete(row.id));
  }

  async findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]> {
    const places = await this.#resolved();
    const { linkTable } = places;
    return this.#read(this.#primary, async (sql) => {
      const ids = linkTable === null ? [] : await readHolderIds(sql, linkTable, kakaoId);
      const rows: MemberRow[] = [];
      for (const place of places.all) rows.push(...(linkTable === null ? await readHolders(sql, places, place, [kakaoId]) : (await readByIds(sql, places, place, ids)).rows.filter(({ id }) => ids.includes(id))));
      return rows;
    });
  }

  async findHeldIds(kakaoIds: readonly KakaoId[], rows: HeldRows = "any"): Promise<ReadonlySet<KakaoId>> {
    const places = await this.#resolved();
    const { linkTable } = places;
    return this.#read(this.#primary, (sql) => (linkTable === null ? readHeldIds(sql, places, kakaoIds) : readHeldInTable(sql, linkTable, kakaoIds, rows)));
  }

  async openPending(): Promise<readonly LinkedPlace[]> {
    const places: LinkedPlace[] = [];
    for (const { table, kakaoId } of this.#options.map.pending) places.push(await placeOn(this.#primary, { name: table, url: this.#options.url, table, kakaoId, fixed: {} }, () => Promise.resolve()));
    return places;
  }

  async readLastLogins(place: number, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const places = await this.#resolved();
    const found = new Map<string, string | null>(ids.map((id) => [id, null]));
    const target = placeAt(places, place);
    const { lastLogin } = target;
    if (lastLogin === null) return found;
    for (const some of inChunks(ids)) {
      const { rows, extras } = await this.#read(this.#primary, (sql) => readByIds(sql, places, target, some, [lastLogin]));
      rows.forEach((row, at) => {
        const value = extras[at]?.[0] ?? "";
        if (found.has(row.id)) found.set(row.id, value === "" ? null : value);
      });
    }
    return found;
  }

  async writeLinks(changes: readonly LinkChange[], guards: ChangeGuards): Promise<readonly ChangeOutcome[]> {
    const places = await this.#resolved();
    const { linkTable } = places;
    const now = this.#timeFormat.format(this.#options.now());
    if (linkTable !== null) {
      const { outcomes, written } = await this.#write((sql) => writeTableChanges(sql, linkTable, places, changes, guards, now));
      await this.#read(this.#primary, (sql) => checkWritten(sql, linkTable, written));
      return outcomes;
    }
    const { outcomes, writes } = await this.#write((sql) => writeChanges(sql, places, changes, guards, now));
    for (const planned of writes) await this.#read(this.#primary, (sql) => readBack(sql, planned));
    return outcomes;
  }

  async restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]> {
    const places = await this.#resolved();
    const { linkTable } = places;
    if (linkTable !== null) return this.#write((sql) => restoreTable(sql, linkTable, places.all, restores));
    const { outcomes, groups } = await this.#write((sql) => restoreAll(sql, places, restores));
    for (const planned of groups) await this.#read(this.#primary, (sql) => readBack(sql, planned));
    return outcomes;
  }

  async lock(): Promise<DatabaseLock> {
    const { linkTable, all } = await this.#resolved();
    const lock = await takeLock(this.#primary.target, linkTable?.table.sql ?? all[0]?.table.sql ?? "");
    this.#locks.push(lock);
    return lock;
  }

  async replicaLagSeconds(): Promise<number | null> {
    const { replicaUrl } = this.#options;
    if (replicaUrl === undefined) throw new Error("no replica is configured");
    this.#replica ??= await openReplica(replicaUrl, this.#options, this.identity);
    return readReplicaLag(this.#primary, this.#replica);
  }

  async close(): Promise<void> {
    for (const lock of this.#locks) await lock.release();
    await this.#replica?.close();
    await this.#primary.close();
    if (this.#reader !== this.#primary) await this.#reader.close();
  }

  #read<T>(connection: PostgresConnection, work: (sql: Transaction) => Promise<T>): Promise<T> {
    return connection.transaction("read", "read", work);
  }

  #write<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
    return this.#primary.transaction("write", "write", work);
  }

  async #resolved(): Promise<Places> {
    this.#places ??= await this.#resolve([]);
    return this.#places;
  }

  #resolve(extras: readonly ExtraSource[]): Promise<Places> {
    return this.#read(this.#primary, (sql) => resolvePlaces(sql, this.#options.map, extras));
  }
}

function placeAt({ all }: Places, at: number): PostgresPlace {
  const place = all[at];
  if (place === undefined) throw new Error(`there is no place ${at}`);
  return place;
}

function inChunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / lookUpSize) }, (_, at) => ids.slice(at * lookUpSize, (at + 1) * lookUpSize));
}
