import { basename } from "node:path";
import { InterruptedError, OperatorError, RefusedError, StartError } from "../errors.ts";
import { createCsv } from "../files/csv-out.ts";
import { OutputFile } from "../files/output-file.ts";
import { createTargetFiles } from "../files/target-files.ts";
import { purposes } from "../messages/purposes.ts";
import type { RecordedEvent, RecordEntry } from "../workspace/record.ts";
import type { Things } from "./open-things.ts";

/** What a command says for the record; who, where, when and which files is known already. */
export type RecordFacts = Omit<RecordEntry, "at" | "command" | "operator" | "host" | "app" | "database">;

export interface RecordKeeper {
  /** Puts an entry on the record, with the digests of the files written since the last one. */
  record(facts: RecordFacts): void;
  recordFailure(error: unknown): void;
  readonly createCsv: typeof createCsv;
  readonly createTargetFiles: typeof createTargetFiles;
  createText(path: string): Pick<OutputFile, "write" | "finish" | "discard">;
}

interface Recorder {
  readonly command: string;
  readonly operator: string;
  readonly host: string;
  readonly now: () => number;
  /** Whether the command has asked who is responsible: it reads keys, or changes something. */
  readonly isResponsible: () => boolean;
}

/** The record's keeper for one command. */
export function keepRecord(things: Things, who: Recorder): RecordKeeper {
  let written: Readonly<Record<string, string>> = {};
  let last: RecordedEvent | undefined;
  const record = ({ digests, ...facts }: RecordFacts): void => {
    const { command, operator, host } = who;
    const all = { ...digests, ...written };
    things.record().append({
      at: new Date(who.now()).toISOString(), command, operator, host,
      ...(purposes[command] === undefined ? {} : { purpose: purposes[command] }),
      app: things.config().kakao.appId, database: things.databaseIdentity(),
      ...facts,
      ...(Object.keys(all).length === 0 ? {} : { digests: all }),
    });
    written = {};
    last = facts.event;
  };
  return {
    record,
    recordFailure: (error) => {
      const facts = describeFailure(error, who.isResponsible());
      // What a step has told of its own interruption says more.
      if (facts === undefined || (facts.event === "interrupted" && last === "interrupted") || !things.hasWorkspace()) return;
      quietly(() => record(facts));
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

/** A workspace that cannot be written has failed already, for a reason that is being told. */
function quietly(put: () => void): void {
  try {
    put();
  } catch {
    return;
  }
}

/** A refusal; or the end of a command that had begun. What could not start has read nothing, and what somebody declined has told so. */
function describeFailure(error: unknown, isResponsible: boolean): RecordFacts | undefined {
  if (error instanceof RefusedError) return { event: "refused", code: error.code, ...(error.run === undefined ? {} : { run: error.run }) };
  if (!isResponsible || error instanceof StartError || (error instanceof InterruptedError && error.code === "declined")) return undefined;
  return { event: "interrupted", ...(error instanceof OperatorError ? { code: error.code, ...(error.run === undefined ? {} : { run: error.run }) } : { code: "defect" }) };
}
