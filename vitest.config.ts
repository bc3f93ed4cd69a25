import { defineConfig } from "vitest/config";
import { findMysql, findPostgres, type FoundServer } from "./test/helpers/servers.ts";

const shared = { testTimeout: 60_000, hookTimeout: 180_000, pool: "forks" as const };

/** The tests of the commands that read and write members: they run on every engine. */
const onEveryEngine = ["map-members", "apply", "undo", "decisions", "link-table", "stored-columns", "unlink-orphans", "unlink-apply", "unlink-link-table", "unlink-spellings", "clear-gone", "export-targets", "init", "doctor", "upload-engines"].map((name) => `test/commands/${name}.test.ts`).concat("test/database/explore.test.ts");

/** A project that runs those tests on a server, or nothing and the reason where there is none. */
function onServer(name: "postgres" | "mysql", found: FoundServer) {
  if ("url" in found) return [{ test: { ...shared, name, include: onEveryEngine, env: { KAKAO_SYNC_TEST_ENGINE: name } } }];
  process.stdout.write(`Skipped on ${name}, ${found.missing}\n`);
  return [];
}

export default defineConfig(async () => ({
  test: {
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: "rooms", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**"] } },
      ...onServer("postgres", await findPostgres()),
      ...onServer("mysql", await findMysql()),
      // The end-to-end tests run what operators run, so the program is built first.
      { test: { ...shared, name: "e2e", include: ["test/e2e/**/*.test.ts"], globalSetup: ["test/helpers/build.ts"] } },
    ],
  },
}));
