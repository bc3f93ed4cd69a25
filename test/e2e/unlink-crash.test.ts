import { expect, test } from "vitest";
import { crashUnlink } from "../helpers/crash-unlink.ts";

// The long version: npm run crash. A failing round names its number; the seed makes it come again, timing aside.
test("unlinking killed at random moments under faults ends with the right users unlinked, nobody twice, and nobody who came back", { timeout: 240_000 }, async () => {
  const { kills } = await crashUnlink({ rounds: 3, seed: 22, members: 150, orphans: 60 });
  expect(kills).toBeGreaterThan(3);
});
