// Writes the parts of docs/consent-rules.md and docs/consent-file.md that come from the catalogue of rules,
// and the consent file's JSON schema.
// node scripts/write-consent-rules.mjs
import { createServer } from "vite";

// Node 20 reads no TypeScript; vite does, as in the tests.
const vite = await createServer({ configFile: false, appType: "custom", logLevel: "error", server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
try {
  const { writeDocuments } = await vite.ssrLoadModule("/test/helpers/consent-document.ts");
  const written = writeDocuments();
  console.log(written.length === 0 ? "every document is current" : `written: ${written.join(", ")}`);
} finally {
  await vite.close();
}
