// Writes what docs/exit-codes.md and docs/configuration.md say from the source, and the configuration's JSON schema.
// node scripts/write-reference.mjs
import { createServer } from "vite";

// Node 20 reads no TypeScript; vite does, as in the tests.
const vite = await createServer({ configFile: false, appType: "custom", logLevel: "error", server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
try {
  const { writeReference } = await vite.ssrLoadModule("/test/helpers/reference-document.ts");
  writeReference();
} finally {
  await vite.close();
}
