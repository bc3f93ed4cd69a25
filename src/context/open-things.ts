import type { ValueOpener } from "../columns/value-opener.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { openServiceDatabase } from "../database/open.ts";
import { openLinkedPlace } from "../database/places.ts";
import type { LinkedPlace, ServiceDatabase } from "../database/service-database.ts";
import type { GlobalFlags, Io } from "../io.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { LockHolder, WorkspaceLock } from "../workspace/lock.ts";
import { AuditRecord } from "../workspace/record.ts";
import { hasWorkspace, openWorkspace, type Workspace } from "../workspace/workspace.ts";
import { isSandbox } from "./find-workspace.ts";
import { Opened } from "./lazily.ts";
import { openValues } from "./open-values.ts";
import { toDatabaseMap } from "./to-database-map.ts";

/** What a command opens: each at its first use, all closed together, the last one first. */
export interface Things {
  config(): Config;
  workspace(): Workspace;
  lock(): WorkspaceLock;
  database(): Promise<ServiceDatabase>;
  readNoReplica(): void;
  places(): Promise<readonly LinkedPlace[]>;
  hasWorkspace(): boolean;
  record(): AuditRecord;
  /** Null until the database was opened. */
  databaseIdentity(): string | null;
  values(): ValueOpener;
  close(): Promise<void>;
}

export interface ThingsNeed {
  readonly io: Io;
  readonly flags: GlobalFlags;
  readonly terminal: Terminal;
  readonly workspaceFolder: string;
  readonly now: () => number;
  readonly holder: Omit<LockHolder, "since">;
}

export function openThings({ io, flags, terminal, workspaceFolder: folder, now, holder }: ThingsNeed): Things {
  const opened = new Opened();
  let databaseIdentity: string | null = null;
  let atPrimary = false;
  const config = opened.lazily(() => {
    const loaded = loadConfig({ ...(flags.config === undefined ? {} : { path: flags.config }), cwd: io.cwd, env: io.env });
    // In the table of `doctor` they stand with what to do about them.
    if (holder.command !== "doctor") for (const warning of loaded.warnings) terminal.warn(warning);
    return loaded;
  });
  const workspace = opened.lazily(
    () => openWorkspace({ folder, appId: config().kakao.appId, kind: isSandbox(config()) ? "sandbox" : "real", key: { environment: io.env } }),
    (thing) => thing.close(),
  );
  const database = opened.lazily(
    async () => {
      const { readUrl, ...direct } = config().database;
      const found = await openServiceDatabase({ ...direct, ...(readUrl === undefined || atPrimary ? {} : { readUrl }), ...replicaOf(config()), map: toDatabaseMap(config()), now: () => new Date(now()) });
      try {
        workspace().tieDatabase(found.identity);
        databaseIdentity = found.identity;
        return found;
      } catch (error) {
        await found.close();
        throw error;
      }
    },
    async (thing) => (await settled(thing))?.close(),
  );
  const places = opened.lazily(
    () => config().alsoLinkedIn.map(({ name, url, link: { table, kakaoId, fixed, where } }) => openLinkedPlace({ name, url, table, kakaoId, fixed, ...(where === undefined ? {} : { where }) }, config().database)),
    async (some) => {
      for (const place of some) await (await settled(place))?.close();
    },
  );
  const values = opened.lazily(
    () => openValues(config(), io, holder.command),
    (opener) => opener.close(),
  );
  const record = opened.lazily(
    () => new AuditRecord(workspace().folder, workspace().notedHead),
    (kept) => kept.close(),
  );
  const lock = opened.lazily(
    () => workspace().lock({ ...holder, since: new Date(now()).toISOString() }, Math.floor(now() / 1000)),
    (held) => held.release(),
  );
  return { config, workspace, lock, database, readNoReplica: () => void (atPrimary = true), places: () => Promise.all(places()), hasWorkspace: () => hasWorkspace(folder), record, databaseIdentity: () => databaseIdentity, values, close: () => opened.close() };
}

/** The replica that writes wait for, as the database is opened with it. */
export function replicaOf({ limits: { replica } }: Config): { readonly replicaUrl?: string } {
  return replica === undefined ? {} : { replicaUrl: replica.url };
}

/** What could not be opened needs no closing: whoever asked for it has heard of it. */
async function settled<Thing>(opening: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await opening;
  } catch {
    return undefined;
  }
}
