import { defineConfig } from "vitest/config";

const shared = { testTimeout: 60_000, hookTimeout: 180_000, pool: "forks" as const };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: "rooms", include: ["test/**/*.test.ts"], exclude: ["test/e2e/**"] } },
      // The end-to-end tests run what operators run, so the program is built first.
      { test: { ...shared, name: "e2e", include: ["test/e2e/**/*.test.ts"], globalSetup: ["test/helpers/build.ts"] } },
    ],
  },
});
