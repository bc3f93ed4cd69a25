import type { KakaoId } from "../core/kakao-id.ts";
import { type StateDatabase, transactDurably } from "./state-file.ts";

/**
 * Kakao users whose details the next pull reads again although they are not due: they were wiped as those of linked users, and their links are gone. A plan takes
 * them for unread until then.
 */
export class ReadAgain {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  add(ids: Iterable<KakaoId>): void {
    const insert = this.#db.prepare("insert or ignore into read_again (id) values (?)");
    transactDurably(this.#db, () => {
      for (const id of ids) insert.run(BigInt(id));
    });
  }

  get any(): boolean {
    return this.#db.prepare<[], number>("select exists (select 1 from read_again)").pluck().get() === 1;
  }

  get count(): number {
    return this.#db.prepare<[], number>("select count(*) from read_again").pluck().get() ?? 0;
  }

  /** Asks about one id after the other; what is added later is not seen. */
  look(): (id: bigint) => boolean {
    if (!this.any) return () => false;
    const select = this.#db.prepare<[bigint], number>("select 1 from read_again where id = ?").pluck();
    return (id) => select.get(id) === 1;
  }

  /** Within the transaction that puts a new snapshot in its place: only these still wait. */
  replaceAll(ids: readonly bigint[]): void {
    this.#db.prepare("delete from read_again").run();
    const insert = this.#db.prepare("insert into read_again (id) values (?)");
    for (const id of ids) insert.run(id);
  }
}
