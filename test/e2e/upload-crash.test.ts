import { expect, test } from "vitest";
import { crashUpload } from "../helpers/crash-upload.ts";

// The long version: npm run crash. A failing night names its number; the seed makes it come again, timing aside.
test("an upload killed at random moments under faults ends with a file that is the selection, and never with somebody who refuses", { timeout: 240_000 }, async () => {
  const { kills } = await crashUpload({ rounds: 3, seed: 8, members: 9_000 });
  expect(kills).toBeGreaterThan(3);
});
