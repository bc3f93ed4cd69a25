import type { Context } from "../../context.ts";
import { FailedError } from "../../errors.ts";
import { say, translate } from "../../say.ts";

/** The database held for one run that changes something. */
export interface HeldDatabase {
  /** Looks before each batch whether it is still held. Throws FailedError when the connection that held it is gone. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the server's advisory lock, so that two workspaces do not write one database at the same time. A help only: what keeps a row right is that it is compared in
 * the transaction that writes it, so a server without such locks is told of and the run goes on. Throws RefusedError while another run has the lock.
 */
export async function holdDatabase(context: Context): Promise<HeldDatabase> {
  const database = await context.database();
  const lock = await database.lock();
  if (lock.unavailable !== null) context.terminal.note(say`No lock on the database: ${translate(lock.unavailable)} Let no other kakao-sync write it meanwhile; every row is compared before it is written all the same.`);
  return {
    check: async () => {
      if (await lock.isHeld()) return;
      throw new FailedError({
        code: "database-lock-lost",
        message: "The connection that held the database's lock is gone: another run could be writing.",
        hint: "Nothing more was written. See that no other kakao-sync writes this database.",
      });
    },
    release: () => lock.release(),
  };
}
