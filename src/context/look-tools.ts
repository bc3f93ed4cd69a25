import type { Config } from "../config/config.ts";
import { openServiceDatabase } from "../database/open.ts";
import type { ServiceDatabase } from "../database/service-database.ts";
import type { Io } from "../io.ts";
import type { KakaoClient } from "../kakao/client.ts";
import { lookAtWorkspace, type WorkspaceLook } from "../workspace/look.ts";
import { hasWorkspace } from "../workspace/workspace.ts";
import { Opened } from "./lazily.ts";
import { openKakao } from "./open-kakao.ts";
import { replicaOf } from "./open-things.ts";
import { toDatabaseMap } from "./to-database-map.ts";

/** What only `doctor` takes from other rooms: looks that make nothing. */
export interface LookTools {
  readonly hasWorkspace: boolean;
  workspace(): WorkspaceLook;
  /** The service's database, tied to no workspace. */
  database(): Promise<ServiceDatabase>;
  /** Kakao with a pace of its own: only where there is no workspace that keeps it. */
  kakao(signal: AbortSignal): KakaoClient;
  readonly nodeVersion: string;
  close(): Promise<void>;
}

export function createLookTools({ env }: Io, config: Config, folder: string, now: () => number): LookTools {
  const opened = new Opened();
  let times: readonly number[] = [];
  const memory = { listingTimes: { load: () => times, save: (some: readonly number[]) => void (times = some) }, calls: { addCalls: () => undefined } };
  return {
    hasWorkspace: hasWorkspace(folder),
    workspace: () => lookAtWorkspace(folder, config.kakao.appId, { environment: env }),
    database: opened.lazily(
      () => openServiceDatabase({ ...config.database, ...replicaOf(config), map: toDatabaseMap(config), now: () => new Date(now()) }),
      async (database) => {
        await (await database.catch(() => undefined))?.close();
      },
    ),
    kakao: (signal) => openKakao(config, memory, signal, now),
    nodeVersion: process.versions.node,
    close: () => opened.close(),
  };
}
