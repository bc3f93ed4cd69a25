import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { TEST_KEY } from "./open-test-workspace.ts";

/**
 * Starts another process in which `workspace` is open and the script runs; it stays until it is killed.
 * Answers as soon as the script has come to its end.
 */
export async function startChild(folder: string, script: string): Promise<ChildProcessByStdio<null, Readable, null>> {
  const source = `
    const { runnerImport } = await import("vite");
    const { module } = await runnerImport(${JSON.stringify(resolve("src/workspace/workspace.ts"))}, { configFile: false, logLevel: "error" });
    const options = { folder: ${JSON.stringify(folder)}, appId: "424242", kind: "real", key: { environment: { KAKAO_SYNC_KEY: "${TEST_KEY}" } } };
    const workspace = module.openWorkspace(options);
    ${script}
    console.log("ready");
    setInterval(() => workspace.folder, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const piece of child.stdout.iterator({ destroyOnReturn: false })) {
    if (String(piece).includes("ready")) return child;
  }
  throw new Error("the child ended before it was ready");
}

/** Kills it as a power cut would, and waits until it is gone. */
export async function killChild(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
