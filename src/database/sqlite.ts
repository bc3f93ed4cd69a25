import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { StartError } from "../errors.ts";
import type { ChangeGuards, ChangeOutcome, DanglingLink, DatabaseLock, Inspection, LinkChange, LinkedPlace, LinkRestore, RestoreOutcome, ServiceDatabase, ServiceDatabaseMap } from "./service-database.ts";
import { isReadOnly, openReader, openWriter, Prepared, resolveFile } from "./sqlite-connection.ts";
import { type Doing, withSqliteErrors } from "./sqlite-errors.ts";
import { inspectPlaces } from "./sqlite-inspect.ts";
import { type Places, resolvePlaces, type SqlitePlace } from "./sqlite-place.ts";
import { openSqlitePlace } from "./sqlite-linked-place.ts";
import { readByIds, readHeldIds, readHolders, readPages } from "./sqlite-read.ts";
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
  return new SqliteDatabase(options);
}

class SqliteDatabase implements ServiceDatabase {
  readonly engine = "sqlite";
  readonly identity: string;
  readonly #options: SqliteOptions;
  readonly #path: string;
  readonly #timeFormat: Intl.DateTimeFormat;
  readonly #reader: Prepared;
  #writer: Prepared | undefined;
  #places: Places | undefined;
  #literals: ReadonlyMap<string, StoredValue> = new Map();

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#timeFormat = createTimeFormat(options.timeZone);
    this.#path = resolveFile(options.url);
    // The path with links resolved: it survives VACUUM INTO, a restored backup and a swapped file, which inode numbers do not.
    this.identity = `sqlite:${this.#path}`;
    this.#reader = new Prepared(openReader(this.#path));
  }

  async inspect(): Promise<Inspection> {
    return this.#doing("read", () => {
      this.#places = undefined;
      return inspectPlaces(this.#reader, this.#options.map, this.#resolved(), isReadOnly(this.#path));
    });
  }

  async *readMembers(): AsyncGenerator<readonly MemberRow[]> {
    for (const place of this.#resolved().all) {
      const pages = readPages(this.#reader, place);
      for (;;) {
        const page = this.#doing("read", () => pages.next());
        if (page.done === true) break;
        yield page.value;
      }
    }
  }

  async findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]> {
    const asked = new Set(ids);
    const rows = inChunks(ids).flatMap((some) => this.#doing("read", () => readByIds(this.#reader, this.#place(place), some).rows));
    return rows.filter((row) => asked.delete(row.id));
  }

  async *readDanglingLinks(): AsyncGenerator<readonly DanglingLink[]> {}

  async findHeldIds(kakaoIds: readonly KakaoId[]): Promise<ReadonlySet<KakaoId>> {
    return this.#doing("read", () => readHeldIds(this.#reader, this.#resolved().all, kakaoIds));
  }

  async openPending(): Promise<readonly LinkedPlace[]> {
    return this.#options.map.pending.map(({ table, kakaoId }) => openSqlitePlace({ name: table, url: this.#options.url, table, kakaoId, fixed: {} }));
  }

  async lock(): Promise<DatabaseLock> {
    return { unavailable: "SQLite has no advisory locks.", isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
  }

  async findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]> {
    return this.#doing("read", () => this.#resolved().all.flatMap((place) => (place.link === null ? [] : readHolders(this.#reader, place, place.link, [kakaoId]))));
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
    const { all } = this.#resolved();
    const { outcomes, writes } = this.#writing((writer) => writeChanges(writer, all, changes, guards, this.#setValues()));
    for (const planned of writes) this.#doing("read", () => readBack(this.#reader, planned));
    return outcomes;
  }

  async restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]> {
    const { outcomes, groups } = this.#writing((writer) => restoreAll(writer, this.#resolved().all, restores));
    for (const planned of groups) this.#doing("read", () => readBack(this.#reader, planned));
    return outcomes;
  }

  async close(): Promise<void> {
    this.#writer?.db.close();
    this.#reader.db.close();
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
      this.#writer = new Prepared(openWriter(this.#path));
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
    this.#places ??= this.#doing("read", () => resolvePlaces(this.#reader.db, this.#options.map));
    return this.#places;
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

/** Formats a time as `YYYY-MM-DD HH:MM:SS` on the clock of a time zone. Throws StartError for an unknown one. */
function createTimeFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  } catch (cause) {
    throw new StartError({ code: "time-zone", message: `${timeZone} is no time zone.`, hint: "Set database.timeZone to a name like Asia/Seoul.", cause });
  }
}

function inChunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / lookUpSize) }, (_, at) => ids.slice(at * lookUpSize, (at + 1) * lookUpSize));
}
