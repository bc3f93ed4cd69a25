import type { KakaoUser } from "../../src/core/kakao-user.ts";
import type { Pull, PullReport } from "../../src/workspace/pull.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";

export interface PullSteps {
  readonly now: number;
  readonly refreshBefore?: number;
  readonly properties?: readonly string[];
}

/** Does a whole pull of an app that has exactly these users; those not in state `read` are answered so. */
export function pullAll(workspace: Workspace, users: readonly KakaoUser[], steps: PullSteps): { report: PullReport; detailsRead: string[] } {
  const { now, refreshBefore = 0, properties = ["kakao_account.ci"] } = steps;
  const pull = workspace.snapshots.beginPull({ properties, refreshBefore, now });
  pull.addListed(users.map((user) => user.id));
  pull.finishListing();
  const detailsRead = readAll(pull, users);
  return { report: pull.complete(now + 60), detailsRead };
}

/** Answers basics and details until nothing waits. */
export function readAll(pull: Pull, users: readonly KakaoUser[]): string[] {
  const byId = new Map(users.map((user) => [user.id, user]));
  for (let ids = pull.takeForBasics(100); ids.length > 0; ids = pull.takeForBasics(100)) {
    const known = ids.flatMap((id) => byId.get(id) ?? []);
    pull.putBasics(
      ids,
      known.map(({ id, connectedAt, state }) => ({ id, connectedAt, next: state === "read" || state === "wiped" ? "details" : state })),
    );
  }
  const detailsRead: string[] = [];
  for (let ids = pull.takeForDetails(20); ids.length > 0; ids = pull.takeForDetails(20)) {
    pull.putDetails(ids.flatMap((id) => byId.get(id) ?? []), []);
    detailsRead.push(...ids);
  }
  return detailsRead;
}
