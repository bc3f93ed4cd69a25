import { spawnSync } from "node:child_process";

/** Names under which Chromium is installed. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** The installed Chromium, or why the tests in a browser are skipped. */
export function findBrowser(): { readonly path: string } | { readonly missing: string } {
  for (const name of names) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    if (found.status === 0) return { path: found.stdout.trim() };
  }
  return { missing: "no Chromium is installed (apt-get install chromium)" };
}
