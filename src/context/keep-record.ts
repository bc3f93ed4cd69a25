import { basename } from "node:path";
import { RefusedError } from "../errors.ts";
import { createCsv } from "../files/csv-out.ts";
import { OutputFile } from "../files/output-file.ts";
import { createTargetFiles } from "../files/target-files.ts";
import type { RecordEntry } from "../workspace/record.ts";
import type { Things } from "./open-things.ts";

/** What a command says for the record; who, where, when and which files is known already. */
export type RecordFacts = Omit<RecordEntry, "at" | "command" | "operator" | "host" | "app" | "database">;

export interface RecordKeeper {
  /** Puts an entry on the record, with the digests of the files written since the last one. */
  record(facts: RecordFacts): void;
  recordRefusal(error: unknown): void;
  readonly createCsv: typeof createCsv;
  readonly createTargetFiles: typeof createTargetFiles;
  createText(path: string): Pick<OutputFile, "write" | "finish" | "discard">;
}

/** The record's keeper for one command. */
export function keepRecord(things: Things, who: { readonly command: string; readonly operator: string; readonly host: string; readonly now: () => number }): RecordKeeper {
  let written: Readonly<Record<string, string>> = {};
  const record = ({ digests, ...facts }: RecordFacts): void => {
    const { command, operator, host } = who;
    const all = { ...digests, ...written };
    things.record().append({
      at: new Date(who.now()).toISOString(), command, operator, host,
      app: things.config().kakao.appId, database: things.databaseIdentity(),
      ...facts,
      ...(Object.keys(all).length === 0 ? {} : { digests: all }),
    });
    written = {};
  };
  return {
    record,
    recordRefusal: (error) => {
      if (!(error instanceof RefusedError) || !things.hasWorkspace()) return;
      try {
        record({ event: "refused", code: error.code, ...(error.run === undefined ? {} : { run: error.run }) });
      } catch {
        // A workspace that cannot be written has refused already, for a reason that is being told.
      }
    },
    createText: (path) => {
      const text = new OutputFile(path);
      return {
        write: (piece) => text.write(piece),
        discard: () => text.discard(),
        finish: () => {
          const file = text.finish();
          written = { ...written, [basename(path)]: file.sha256 };
          return file;
        },
      };
    },
    createTargetFiles: async (options) => {
      const target = await createTargetFiles(options);
      return {
        ...target,
        finish: () => {
          const files = target.finish();
          written = { ...written, ...Object.fromEntries(files.map(({ path, sha256 }) => [basename(path), sha256])) };
          return files;
        },
      };
    },
    createCsv: (path, header, options) => {
      const csv = createCsv(path, header, options);
      return {
        ...csv,
        finish: () => {
          const file = csv.finish();
          written = { ...written, [basename(path)]: file.sha256 };
          return file;
        },
      };
    },
  };
}
