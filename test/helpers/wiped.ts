import { vi } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import { openWorkspace, type Workspace } from "../../src/workspace/workspace.ts";
import { ci } from "./match.ts";
import type { Service, ServiceSetup } from "./service.ts";

/** Two are linked by the run, one was linked before, two are nobody's, and one shares its number with one of the linked. */
export const town: ServiceSetup = {
  members: [
    { id: 1, ci: ci("one"), phone: "01011110001", name: "김하나" },
    { id: 2, phone: "01022220002", name: "김둘" },
    { id: 3, ci: ci("three"), name: "김셋", link: "13" },
    { id: 4, phone: "01011110001", name: "박넷" },
  ],
  users: {
    "11": { ci: ci("one"), phone: "010-1111-0001", name: "김하나", birthdate: "19900101" },
    "12": { phone: "010-2222-0002", name: "김둘" },
    "13": { ci: ci("three"), name: "김셋" },
    "14": { ci: ci("four"), name: "김넷" },
    "15": { phone: "010-1111-0001", name: "박넷" },
  },
};

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
