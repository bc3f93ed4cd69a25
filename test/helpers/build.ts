import { execFileSync } from "node:child_process";

/** Builds the program once before any test, because the end-to-end tests run what operators run. */
export default function build(): void {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
}
