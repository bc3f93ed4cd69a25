import type { KakaoId } from "../core/kakao-id.ts";
import { say } from "../say.ts";
import type { MemberRow } from "../core/member.ts";
import { createTimeFormat } from "./clock.ts";
import { chooseValues, WIDE_PAGE, putExtras } from "./extras.ts";
import type { ChangeGuards, ChangeOutcome, DanglingLink, DatabaseLock, Engine, ExtraSource, HeldRows, Inspection, LinkChange, LinkedPlace, LinkRestore, MemberWish, PendingTable, RestoreOutcome, ServiceDatabase, ServiceDatabaseMap } from "./service-database.ts";
import { type Connection, isReadOnly, openReader, openWriter, Prepared, resolveFile } from "./sqlite-connection.ts";
import { type Doing, withSqliteErrors } from "./sqlite-errors.ts";
import { readLookup, type SqliteExtras } from "./sqlite-extras.ts";
import { inspectPlaces } from "./sqlite-inspect.ts";
import { joinLinks, readDanglingPages, readHeldInTable, readHolderIds } from "./sqlite-link-rows.ts";
import { restoreTable } from "./sqlite-link-restore.ts";
import type { SqliteLinkTable } from "./sqlite-link-table.ts";
import { checkWritten, writeTableChanges } from "./sqlite-link-write.ts";
import { type Places, resolvePlaces, type SqlitePlace } from "./sqlite-place.ts";
import { openSqlitePlace } from "./sqlite-linked-place.ts";
import { readByIds, readHeldIds, readHolders, readPages, STREAM_PAGE } from "./sqlite-read.ts";
import { restoreAll } from "./sqlite-restore.ts";
import { decodeStored, encodeSql } from "./sqlite-values.ts";
import type { StoredValue } from "./stored-values.ts";
import { readBack, type SetValues, writeChanges } from "./sqlite-write.ts";

/** Ids that one look-up statement takes. */
const lookUpSize = 2_000;

/** How `openSqlite` is told about the database; see openServiceDatabase. */
export interface SqliteOptions {
  readonly url: string;
  readonly timeZone: string;
  readonly map: ServiceDatabaseMap;
  readonly now: () => Date;
}

/** Opens the file read-only. Throws StartError when there is none or it is no database. */
export function openSqlite(options: SqliteOptions): ServiceDatabase {
  const path = resolveFile(options.url);
  return new SqliteDatabase(options, {
    engine: "sqlite",
    // The path with links resolved: it survives VACUUM INTO, a restored backup and a swapped file, which inode numbers do not.
    identity: `sqlite:${path}`,
    path,
    reader: openReader(path),
    openWriter: () => openWriter(path),
    isReadOnly: () => isReadOnly(path),
    openPending: ({ table, kakaoId }) => openSqlitePlace({ name: table, url: options.url, table, kakaoId, fixed: {} }),
  });
}

/** What stands behind a database that SQLite reads: a file of the service, or tables that were loaded from somewhere else. */
export interface SqliteSource {
  readonly engine: Engine;
  readonly identity: string;
  /** For errors. */
  readonly path: string;
  readonly reader: Connection;
  openWriter(): Connection;
  isReadOnly(): boolean;
  openPending(pending: PendingTable): LinkedPlace;
}

/** The contract over a connection of SQLite. */
export class SqliteDatabase implements ServiceDatabase {
  readonly engine: Engine;
  readonly identity: string;
  readonly #options: SqliteOptions;
  readonly #source: SqliteSource;
  readonly #path: string;
  readonly #timeFormat: Intl.DateTimeFormat;
  readonly #reader: Prepared;
  #writer: Prepared | undefined;
  #places: Places | undefined;
  #literals: ReadonlyMap<string, StoredValue> = new Map();

  constructor(options: SqliteOptions, source: SqliteSource) {
    this.#options = options;
    this.#source = source;
    this.#timeFormat = createTimeFormat(options.timeZone);
    this.engine = source.engine;
    this.identity = source.identity;
    this.#path = source.path;
    this.#reader = new Prepared(source.reader);
  }

  protected get map(): ServiceDatabaseMap {
    return this.#options.map;
  }

  async inspect(extras: readonly ExtraSource[] = []): Promise<Inspection> {
    return this.#doing("read", () => {
      this.#places = undefined;
      return inspectPlaces(this.#reader, this.#options.map, this.#resolve(extras), this.#source.isReadOnly());
    });
  }

  async *readMembers({ values, extras = [] }: MemberWish = {}): AsyncGenerator<readonly MemberRow[]> {
    const places = this.#doing("read", () => this.#resolve(extras));
    for (const place of places.all) {
      const chosen = { ...place, values: chooseValues(place.values, values) };
      if (place.at === 0 && extras.length > 0) yield* this.#readWithExtras(chosen, places.extras);
      else for (const { rows } of this.#eachPage(readPages(this.#reader, chosen))) yield this.#withLinks(rows);
    }
  }

  *#readWithExtras(place: SqlitePlace, { groups, own, lookups }: SqliteExtras): Generator<readonly MemberRow[]> {
    const wide = lookups.some(({ indexed }) => !indexed);
    for (const { rows, extras } of this.#eachPage(readPages(this.#reader, place, { extras: own, pageSize: wide ? WIDE_PAGE : STREAM_PAGE }))) {
      const ids = rows.map(({ id }) => id);
      const found = this.#doing("read", () => lookups.map((lookup) => readLookup(this.#reader, lookup, ids)));
      yield putExtras(this.#withLinks(rows), groups, extras, found);
    }
  }

  async findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]> {
    const asked = new Set(ids);
    const rows = inChunks(ids).flatMap((some) => this.#withLinks(this.#doing("read", () => readByIds(this.#reader, this.#place(place), some).rows)));
    return rows.filter((row) => asked.delete(row.id));
  }

  async *readDanglingLinks(): AsyncGenerator<readonly DanglingLink[]> {
    const { linkTable, all } = this.#resolved();
    if (linkTable !== null) yield* this.#eachPage(readDanglingPages(this.#reader, linkTable, all));
  }

  async findHeldIds(kakaoIds: readonly KakaoId[], rows: HeldRows = "any"): Promise<ReadonlySet<KakaoId>> {
    const { linkTable, all } = this.#resolved();
    return this.#doing("read", () => (linkTable === null ? readHeldIds(this.#reader, all, kakaoIds) : readHeldInTable(this.#reader, linkTable, kakaoIds, rows)));
  }

  async openPending(): Promise<readonly LinkedPlace[]> {
    return this.#options.map.pending.map((pending) => this.#source.openPending(pending));
  }

  async lock(): Promise<DatabaseLock> {
    return { unavailable: say`SQLite has no advisory locks.`, isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
  }

  async replicaLagSeconds(): Promise<never> {
    throw new Error("SQLite has no replicas");
  }

  async findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]> {
    const { linkTable, all } = this.#resolved();
    if (linkTable === null) return this.#doing("read", () => all.flatMap((place) => (place.link === null ? [] : readHolders(this.#reader, place, place.link, [kakaoId]))));
    const ids = this.#doing("read", () => readHolderIds(this.#reader, linkTable, kakaoId));
    return (await Promise.all(all.map((place) => this.findMembers(place.at, ids)))).flat();
  }

  async readLastLogins(place: number, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const { lastLogin } = this.#place(place);
    const found = new Map<string, string | null>(ids.map((id) => [id, null]));
    if (lastLogin === null) return found;
    for (const some of inChunks(ids)) {
      const page = this.#doing("read", () => readByIds(this.#reader, this.#place(place), some, [`ifnull(${lastLogin}, '')`]));
      page.rows.forEach((row, at) => {
        const [value = ""] = page.extras[at] ?? [];
        if (found.has(row.id)) found.set(row.id, value === "" ? null : value);
      });
    }
    return found;
  }

  async writeLinks(changes: readonly LinkChange[], guards: ChangeGuards): Promise<readonly ChangeOutcome[]> {
    const { all, linkTable } = this.#resolved();
    if (linkTable !== null) return this.#writeTable(linkTable, changes, guards);
    const { outcomes, writes } = this.#writing((writer) => writeChanges(writer, all, changes, guards, this.#setValues()));
    for (const planned of writes) this.#doing("read", () => readBack(this.#reader, planned));
    return outcomes;
  }

  #writeTable(link: SqliteLinkTable, changes: readonly LinkChange[], guards: ChangeGuards): readonly ChangeOutcome[] {
    const { outcomes, written } = this.#writing((writer) => writeTableChanges(writer, link, this.#resolved().all, changes, guards, this.#setValues().now));
    this.#doing("read", () => checkWritten(this.#reader, link, written));
    return outcomes;
  }

  async restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]> {
    const { all, linkTable } = this.#resolved();
    if (linkTable !== null) return this.#writing((writer) => restoreTable(writer, linkTable, all, restores));
    const { outcomes, groups } = this.#writing((writer) => restoreAll(writer, all, restores));
    for (const planned of groups) this.#doing("read", () => readBack(this.#reader, planned));
    return outcomes;
  }

  async close(): Promise<void> {
    this.#writer?.db.close();
    this.#reader.db.close();
  }

  *#eachPage<Page>(pages: Generator<Page>): Generator<Page> {
    for (;;) {
      const page = this.#doing("read", () => pages.next());
      if (page.done === true) return;
      yield page.value;
    }
  }

  #withLinks(rows: readonly MemberRow[]): readonly MemberRow[] {
    const { linkTable } = this.#resolved();
    return linkTable === null ? rows : this.#doing("read", () => joinLinks(this.#reader, linkTable, rows));
  }

  /** One transaction that holds the write lock from its first look on. */
  #writing<T>(work: (writer: Prepared) => T): T {
    return this.#doing("write", () => {
      const writer = this.#openedWriter();
      return writer.db.transaction(() => work(writer)).immediate();
    });
  }

  #openedWriter(): Prepared {
    if (this.#writer === undefined) {
      this.#writer = new Prepared(this.#source.openWriter());
      this.#literals = storeLiterals(this.#writer, this.#place(0));
    }
    return this.#writer;
  }

  #setValues(): SetValues {
    return { now: this.#timeFormat.format(this.#options.now()), literals: this.#literals };
  }

  #place(at: number): SqlitePlace {
    const place = this.#resolved().all[at];
    if (place === undefined) throw new Error(`there is no place ${at}`);
    return place;
  }

  #resolved(): Places {
    this.#places ??= this.#doing("read", () => this.#resolve([]));
    return this.#places;
  }

  #resolve(extras: readonly ExtraSource[]): Places {
    return resolvePlaces(this.#reader.db, this.#options.map, extras);
  }

  #doing<T>(doing: Doing, work: () => T): T {
    return withSqliteErrors(this.#path, doing, work);
  }
}

/** The literals of `link.set` as their columns will hold them: a column's affinity may turn text into a number or back. */
function storeLiterals(writer: Prepared, place: SqlitePlace): Map<string, StoredValue> {
  const stored = new Map<string, StoredValue>();
  for (const [column, set] of Object.entries(place.link?.set ?? {})) {
    if (typeof set !== "object") continue;
    const affinity = place.table.columns.get(column.toLowerCase())?.affinity ?? "blob";
    const { literal } = set;
    writer.db.exec(`CREATE TEMP TABLE kakao_sync_literal (value ${affinity.toUpperCase()})`);
    writer.rows("INSERT INTO temp.kakao_sync_literal VALUES (?)").run(Number.isSafeInteger(literal) && literal !== null ? BigInt(literal) : literal);
    stored.set(column, decodeStored(String(writer.db.prepare(`SELECT ${encodeSql("value")} FROM temp.kakao_sync_literal`).pluck().get())));
    writer.db.exec("DROP TABLE temp.kakao_sync_literal");
  }
  return stored;
}

function inChunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / lookUpSize) }, (_, at) => ids.slice(at * lookUpSize, (at + 1) * lookUpSize));
}
