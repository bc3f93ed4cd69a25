import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readEnvironment } from "../config/env.ts";
import { defaultConfigFile, loadConfig } from "../config/load.ts";
import { resolveDatabaseUrl } from "../config/resolve.ts";
import { renderStarterConfig, type StarterAnswers } from "../config/starter.ts";
import { type DatabaseExplorer, exploreDatabase } from "../database/explore.ts";
import { openServiceDatabase } from "../database/open.ts";
import type { Inspection } from "../database/service-database.ts";
import type { Io } from "../io.ts";
import { toDatabaseMap } from "./to-database-map.ts";

/** What only `init` takes from other rooms. */
export interface StarterTools {
  /** The configuration file, absolute. */
  readonly file: string;
  readonly exists: boolean;
  /** `DATABASE_URL` of the environment, or of a `.env` beside the file. */
  readonly namedUrl: string | undefined;
  /** Files beside the configuration that a database could be in, as `database.url` names them. */
  listDatabaseFiles(): readonly string[];
  /** Looks into a database; a relative path is meant from the configuration. Throws StartErrors. */
  explore(url: string): Promise<DatabaseExplorer>;
  /** Writes the configuration, whole or not at all, over one that is there. */
  write(answers: StarterAnswers): void;
  /** What `doctor` would find in the database, with the configuration as it is now and this URL. Throws OperatorErrors. */
  inspect(url: string): Promise<Inspection>;
}

export function createStarterTools({ cwd, env }: Io, named: string | undefined): StarterTools {
  const file = resolve(cwd, named ?? (env["KAKAO_SYNC_CONFIG"] || defaultConfigFile));
  const folder = dirname(file);
  return {
    file,
    exists: existsSync(file),
    namedUrl: readEnvironment(folder, env).get("DATABASE_URL"),
    listDatabaseFiles: () => listDatabaseFiles(folder),
    explore: (url) => exploreDatabase(resolveDatabaseUrl(url, folder), "Asia/Seoul"),
    write: (answers) => writeWhole(file, renderStarterConfig(answers)),
    inspect: async (url) => {
      const config = loadConfig({ path: file, cwd, env, overrides: { databaseUrl: resolveDatabaseUrl(url, folder) } });
      const database = await openServiceDatabase({ ...config.database, map: toDatabaseMap(config), now: () => new Date() });
      try {
        return await database.inspect();
      } finally {
        await database.close();
      }
    },
  };
}

function listDatabaseFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((name) => (/\.(?:db|sqlite3?)$/i.test(name) ? [`sqlite:./${name}`] : /\.csv$/i.test(name) ? [`csv:./${name}`] : []));
}

function writeWhole(file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.tmp`);
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: "wx" });
  renameSync(temporary, file);
}
