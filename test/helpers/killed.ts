import Database from "better-sqlite3";
import type { JournalName } from "../../src/workspace/journal.ts";
import type { Service } from "./service.ts";

/** Puts a finished run into the state in which a kill right after the commit leaves it: intents without outcomes, and a run that must be gone on with. */
export function forgetOutcomes(service: Service, run: string, journal: JournalName): void {
  change(service.path(`.kakao-sync/runs/${run}/run.db`), "update journal set outcome = null where name = ?", journal);
  change(service.path(".kakao-sync/workspace.db"), "update runs set state = 'interrupted' where id = ?", run);
}

function change(path: string, sql: string, value: string): void {
  const db = new Database(path);
  try {
    if (db.prepare(sql).run(value).changes === 0) throw new Error(`nothing to change in ${path}`);
  } finally {
    db.close();
  }
}
