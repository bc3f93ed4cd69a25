import { execFileSync } from "node:child_process";

/** What a Python script prints; null where there is no Python. */
export function runPython(script: string, ...args: readonly string[]): string | null {
  try {
    return execFileSync("python3", ["-c", script, ...args], { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PYTHONIOENCODING: "utf-8" } });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
