import { execFileSync } from "node:child_process";

/** Builds the program once before any test, because the end-to-end tests run what operators run. */
export default function build(): void {
  for (const script of [["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], ["scripts/bundle-charts.mjs"]]) execFileSync(process.execPath, script, { stdio: "inherit" });
}
