import { vi } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import { openWorkspace, type Workspace } from "../../src/workspace/workspace.ts";
import type { Service } from "./service.ts";

/** The clock of the program and of the simulator; timers stay real. Undone by `vi.useRealTimers()`. */
export function setClock(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: ms });
}

/** Opens a service's workspace beside the program, for one look. */
export function lookInto<Result>(service: Service, look: (workspace: Workspace) => Result): Result {
  const workspace = openWorkspace({ folder: service.path(".kakao-sync"), appId: "424242", kind: "sandbox", key: { environment: { KAKAO_SYNC_KEY: service.workspaceKey } } });
  try {
    return look(workspace);
  } finally {
    workspace.close();
  }
}

/** The users of the app's snapshot. */
export function readSnapshot(service: Service): readonly KakaoUser[] {
  return lookInto(service, ({ snapshots }) => {
    const snapshot = snapshots.snapshot();
    try {
      return snapshot === null ? [] : [...snapshot.blocks()].flat();
    } finally {
      snapshot?.close();
    }
  });
}

/** By Kakao id. */
export function states(service: Service): Readonly<Record<string, string>> {
  return Object.fromEntries(readSnapshot(service).map(({ id, state }) => [id, state]));
}

/** Whose details were asked for, a list a call. */
export function detailReads(service: Service): readonly unknown[] {
  return service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ parameters }) => parameters["property_keys"] !== undefined).map(({ parameters }) => parameters["target_ids"]);
}

export interface CiEntry {
  readonly event: string;
  readonly run?: string;
  readonly code?: string;
  readonly counts?: Readonly<Record<string, unknown>>;
  readonly ci?: { readonly received?: number; readonly found?: number; readonly used?: number; readonly destroyed?: number };
}

export async function readRecord(service: Service): Promise<readonly CiEntry[]> {
  const { json } = await service.json("runs", "audit");
  return (json["record"] as readonly { readonly entry: CiEntry }[]).map(({ entry }) => entry);
}
