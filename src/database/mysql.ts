import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { createTimeFormat } from "./clock.ts";
import { chooseValues, type LookedUp, WIDE_PAGE, putExtras } from "./extras.ts";
import { connectMysql, type MysqlConnection, withMysqlErrors } from "./mysql-connection.ts";
import type { Doing } from "./mysql-errors.ts";
import { type Identity, readIdentity } from "./mysql-identity.ts";
import { readLookup } from "./mysql-extras.ts";
import { inspectPlaces } from "./mysql-inspect.ts";
import { joinLinks, readDanglingPages, readHeldInTable, readHoldersInTable, readRowsOfMembers, withLinks } from "./mysql-link-rows.ts";
import { restoreTable } from "./mysql-link-restore.ts";
import { checkWritten, writeTableChanges } from "./mysql-link-write.ts";
import { openMysqlPlace } from "./mysql-linked-place.ts";
import { takeLock } from "./mysql-lock.ts";
import { type MysqlPlace, type Places, resolvePlaces } from "./mysql-place.ts";
import { readByIds, readHeldIds, readHolderIds, readPages } from "./mysql-read.ts";
import { type MysqlReplica, openReplica, readReplicaLag } from "./mysql-replica.ts";
import { restoreAll } from "./mysql-restore.ts";
import { refuseWithoutTransactions } from "./mysql-rights.ts";
import { inTransaction } from "./mysql-transaction.ts";
import { readBack, writeChanges } from "./mysql-write.ts";
import type { ServiceDatabaseOptions } from "./open.ts";
import { otherServerError } from "./replica.ts";
import type { ChangeGuards, ChangeOutcome, DanglingLink, DatabaseLock, ExtraSource, HeldRows, Inspection, LinkChange, LinkedPlace, LinkRestore, MemberWish, RestoreOutcome, ServiceDatabase } from "./service-database.ts";

/** Opens a MySQL or MariaDB database for reading. Throws StartError when it cannot be reached or used. */
export async function openMysql(options: ServiceDatabaseOptions): Promise<ServiceDatabase> {
  const timeFormat = createTimeFormat(options.timeZone);
  const primary = await connectMysql(options.url, { readOnly: true, session: options.session, timeZone: options.timeZone });
  try {
    const reader = options.readUrl === undefined ? primary : await connectMysql(options.readUrl, { readOnly: true, session: options.session, timeZone: options.timeZone });
    try {
      const { server, database } = await identify(primary);
      if (reader !== primary) refuseOtherDatabase({ server, database }, await identify(reader));
      return new MysqlDatabase(options, timeFormat, `mysql:${server}/${database}`, reader, primary);
    } catch (error) {
      await reader.close();
      throw error;
    }
  } catch (error) {
    await primary.close();
    throw error;
  }
}

function identify(connection: MysqlConnection): Promise<Identity> {
  return withMysqlErrors(connection.label, "open", () => readIdentity(connection));
}

/** A server is no replica of itself. Another server may be one, under whatever name: nothing tells, so the rows are counted (`inspect`). */
function refuseOtherDatabase(primary: Identity, reader: Identity): void {
  if (reader.server === primary.server && reader.database !== primary.database) throw otherServerError();
}

class MysqlDatabase implements ServiceDatabase {
  readonly engine = "mysql";
  readonly identity: string;
  readonly #options: ServiceDatabaseOptions;
  readonly #timeFormat: Intl.DateTimeFormat;
  /** Where members are read: a replica, or the primary itself. */
  readonly #reader: MysqlConnection;
  /** Where links are looked at before and after they are written; it cannot write. */
  readonly #primary: MysqlConnection;
  #writer: MysqlConnection | undefined;
  /** The tables of the primary; a replica may keep them in a database of another name, so it is asked by itself. */
  #places: Promise<Places> | undefined;
  #readerPlaces: Promise<Places> | undefined;
  #lock: DatabaseLock | undefined;
  #replica: MysqlReplica | undefined;

  constructor(options: ServiceDatabaseOptions, timeFormat: Intl.DateTimeFormat, identity: string, reader: MysqlConnection, primary: MysqlConnection) {
    this.#options = options;
    this.#timeFormat = timeFormat;
    this.identity = identity;
    this.#reader = reader;
    this.#primary = primary;
  }

  async inspect(extras: readonly ExtraSource[] = []): Promise<Inspection> {
    this.#places = undefined;
    this.#readerPlaces = undefined;
    const read = { connection: this.#reader, places: await this.#resolveReader(extras) };
    const written = { connection: this.#primary, places: await this.#resolved() };
    return this.#doing("read", () => inspectPlaces(read, written, this.#options.map));
  }

  async *readMembers({ values, extras = [] }: MemberWish = {}): AsyncGenerator<readonly MemberRow[]> {
    const places = await this.#resolveReader(extras);
    for (const place of places.all.map((one) => ({ ...one, values: chooseValues(one.values, values) }))) {
      if (place.at === 0 && extras.length > 0) yield* this.#readWithExtras(places, place);
      else for await (const { rows } of this.#eachPage(readPages(this.#reader, place))) yield this.#withLinks(places, place, rows);
    }
  }

  async *#readWithExtras(places: Places, place: MysqlPlace): AsyncGenerator<readonly MemberRow[]> {
    const { groups, own, lookups } = places.extras;
    const wide = lookups.some(({ indexed }) => !indexed);
    for await (const { rows, extras } of this.#eachPage(readPages(this.#reader, place, { extras: own, ...(wide ? { pageSize: WIDE_PAGE } : {}) }))) {
      const found: LookedUp[] = [];
      for (const lookup of lookups) found.push(await this.#doing("read", () => readLookup(this.#reader, lookup, place, rows)));
      yield putExtras(await this.#withLinks(places, place, rows), groups, extras, found);
    }
  }

  async #withLinks({ linkTable }: Places, place: MysqlPlace, rows: readonly MemberRow[]): Promise<readonly MemberRow[]> {
    return linkTable === null ? rows : this.#doing("read", () => joinLinks(this.#reader, linkTable, place, rows));
  }

  async *readDanglingLinks(): AsyncGenerator<readonly DanglingLink[]> {
    const { all, linkTable } = await this.#resolvedReader();
    if (linkTable !== null) yield* this.#eachPage(readDanglingPages(this.#reader, linkTable, all));
  }

  async findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]> {
    const { linkTable } = await this.#resolved();
    const wanted = await this.#place(place);
    const asked = new Set(ids);
    return this.#doing("read", async () => {
      const rows = (await readByIds(this.#primary, wanted, ids)).rows.filter((row) => asked.delete(row.id));
      if (linkTable === null) return rows;
      const links = await readRowsOfMembers(this.#primary, linkTable, rows.map((row) => row.id), false);
      return rows.map((row) => withLinks(row, (links.get(row.id) ?? []).filter((link) => link.counted).map(({ link }) => link)));
    });
  }

  async findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]> {
    const { all, linkTable } = await this.#resolved();
    const holders: MemberRow[] = [];
    for (const place of all) {
      const ids = await this.#doing("read", () => (linkTable === null ? readHolderIds(this.#primary, place, kakaoId) : readHoldersInTable(this.#primary, linkTable, kakaoId)));
      holders.push(...(await this.findMembers(place.at, ids)));
    }
    return holders;
  }

  async findHeldIds(kakaoIds: readonly KakaoId[], rows: HeldRows = "any"): Promise<ReadonlySet<KakaoId>> {
    const { all, linkTable } = await this.#resolved();
    return this.#doing("read", () => (linkTable === null ? readHeldIds(this.#primary, all, kakaoIds) : readHeldInTable(this.#primary, linkTable, kakaoIds, rows)));
  }

  async openPending(): Promise<readonly LinkedPlace[]> {
    const opened: LinkedPlace[] = [];
    try {
      for (const { table, kakaoId } of this.#options.map.pending) {
        opened.push(await openMysqlPlace({ name: table, url: this.#options.url, table, kakaoId, fixed: {} }, this.#options, this.#options.session));
      }
      return opened;
    } catch (error) {
      for (const place of opened) await place.close();
      throw error;
    }
  }

  async readLastLogins(place: number, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const found = new Map<string, string | null>(ids.map((id) => [id, null]));
    const wanted = await this.#place(place);
    const { lastLogin } = wanted;
    if (lastLogin === null) return found;
    const page = await this.#doing("read", () => readByIds(this.#primary, wanted, ids, { extras: [lastLogin] }));
    page.rows.forEach((row, at) => {
      const [value = null] = page.extras[at] ?? [];
      if (found.has(row.id)) found.set(row.id, value === "" ? null : value);
    });
    return found;
  }

  async writeLinks(changes: readonly LinkChange[], guards: ChangeGuards): Promise<readonly ChangeOutcome[]> {
    const { all, linkTable } = await this.#resolved();
    const now = (): string => this.#timeFormat.format(this.#options.now());
    if (linkTable === null) {
      const { outcomes, writes } = await this.#writing((writer) => writeChanges(writer, all, changes, guards, now()));
      for (const planned of writes) await this.#doing("read", () => readBack(this.#primary, planned));
      return outcomes;
    }
    const { outcomes, written } = await this.#writing((writer) => writeTableChanges(writer, linkTable, all, changes, guards, now()));
    await this.#doing("read", () => checkWritten(this.#primary, linkTable, written));
    return outcomes;
  }

  async restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]> {
    const { all, linkTable } = await this.#resolved();
    if (linkTable !== null) return this.#writing((writer) => restoreTable(writer, linkTable, all, restores));
    const { outcomes, groups } = await this.#writing((writer) => restoreAll(writer, all, restores));
    for (const planned of groups) await this.#doing("read", () => readBack(this.#primary, planned));
    return outcomes;
  }

  async lock(): Promise<DatabaseLock> {
    const { all, linkTable } = await this.#resolved();
    const [members] = all;
    const link = linkTable === null ? `${members?.table.sql ?? ""}.${members?.link?.column.sql ?? ""}` : linkTable.table.sql;
    this.#lock = await takeLock(() => this.#connect(true), { database: members?.table.schema ?? "", link });
    return this.#lock;
  }

  async replicaLagSeconds(): Promise<number | null> {
    const { replicaUrl } = this.#options;
    if (replicaUrl === undefined) throw new Error("no replica is configured");
    this.#replica ??= await openReplica(replicaUrl, this.#options);
    return readReplicaLag(this.#replica);
  }

  async close(): Promise<void> {
    await this.#lock?.release();
    for (const connection of new Set([this.#replica?.connection, this.#writer, this.#reader, this.#primary])) await connection?.close();
  }

  async *#eachPage<Page>(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
    for (;;) {
      const page = await this.#doing("read", () => pages.next());
      if (page.done === true) return;
      yield page.value;
    }
  }

  async #writing<T>(work: (writer: MysqlConnection) => Promise<T>): Promise<T> {
    const places = await this.#resolved();
    return this.#doing("write", async () => {
      const writer = await this.#openedWriter(places);
      return inTransaction(writer, () => work(writer));
    });
  }

  async #openedWriter({ all, linkTable }: Places): Promise<MysqlConnection> {
    if (this.#writer === undefined) {
      await refuseWithoutTransactions(this.#primary, linkTable === null ? all.flatMap((place) => (place.link === null ? [] : [place.table])) : [linkTable.table]);
      this.#writer = await this.#connect(false);
    }
    return this.#writer;
  }

  #connect(readOnly: boolean): Promise<MysqlConnection> {
    return connectMysql(this.#options.url, { readOnly, session: this.#options.session, timeZone: this.#options.timeZone });
  }

  async #place(at: number): Promise<MysqlPlace> {
    const place = (await this.#resolved()).all[at];
    if (place === undefined) throw new Error(`there is no place ${at}`);
    return place;
  }

  #resolved(): Promise<Places> {
    this.#places ??= this.#doing("read", () => resolvePlaces(this.#primary, this.#options.map));
    return this.#places;
  }

  #resolvedReader(): Promise<Places> {
    if (this.#reader === this.#primary) return this.#resolved();
    this.#readerPlaces ??= this.#resolveReader([]);
    return this.#readerPlaces;
  }

  #resolveReader(extras: readonly ExtraSource[]): Promise<Places> {
    return this.#doing("read", () => resolvePlaces(this.#reader, this.#options.map, extras));
  }

  #doing<T>(doing: Doing, work: () => Promise<T>): Promise<T> {
    return withMysqlErrors(this.#primary.label, doing, work);
  }
}
