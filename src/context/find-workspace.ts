import { relative } from "node:path";
import type { Config } from "../config/config.ts";
import { RefusedError, StartError } from "../errors.ts";
import type { Io } from "../io.ts";
import { hasWorkspace, openWorkspace } from "../workspace/workspace.ts";
import { say } from "../say.ts";

/** Throws RefusedError where the folder is the workspace of a real app; without a workspace there nothing is said or made. */
export function refuseRealWorkspace(folder: string, env: Io["env"]): void {
  if (!hasWorkspace(folder)) return;
  try {
    openWorkspace({ folder, appId: "0", kind: "sandbox", key: { environment: env } }).close();
  } catch (error) {
    // The kind is looked at first: a workspace of another simulated app is no real one.
    if (!(error instanceof RefusedError) || error.code !== "workspace-other-app") throw error;
  }
}

/** A simulated Kakao lives on a loopback address; its workspace and a real app's never mix. */
export function isSandbox(config: Config): boolean {
  return config.kakao.baseUrl.startsWith("http://");
}

export function noWorkspace(cwd: string, folder: string): StartError {
  return new StartError({
    code: "workspace-missing",
    message: say`There is no workspace in ${relative(cwd, folder) || folder}.`,
    hint: "Run the command where the workspace lies, name it with --workspace, or start with `kakao-sync pull`.",
  });
}
