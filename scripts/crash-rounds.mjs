// Kills pull, apply, undo, unlink-orphans and uploads of the built program at random moments, and compares what resumed runs leave with undisturbed ones.
// node scripts/crash-rounds.mjs [rounds] [seed] [size of the apply] [size of the pull] [orphans to unlink] [members beside them] [members to upload]
// A size of 0 leaves that part out.
import { createServer } from "vite";

const [rounds = 50, seed = Date.now() % 1_000_000, applySize = 15_000, pullSize = 2_000, orphans = 300, members = 3_000, uploads = 100_000] = process.argv.slice(2).map(Number);
// Node 20 reads no TypeScript; vite does, as in the tests.
const vite = await createServer({ configFile: false, appType: "custom", logLevel: "error", server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
const { crashApply, crashPull } = await vite.ssrLoadModule("/test/helpers/crash-rounds.ts");
const { crashUnlink } = await vite.ssrLoadModule("/test/helpers/crash-unlink.ts");
const { crashUpload } = await vite.ssrLoadModule("/test/helpers/crash-upload.ts");
const parts = [
  ["apply and undo", applySize, (setup) => crashApply({ ...setup, size: applySize })],
  ["pull", pullSize, (setup) => crashPull({ ...setup, size: pullSize })],
  ["unlink-orphans", orphans, (setup) => crashUnlink({ ...setup, orphans, members })],
  ["export-channel-targets --upload", uploads, (setup) => crashUpload({ ...setup, members: uploads })],
];

console.log(`seed ${seed}`);
try {
  for (const [name, size, crash] of parts.filter(([, size]) => size > 0)) {
    const started = Date.now();
    const { kills, found } = await crash({ rounds, seed, told: (text) => console.error(text) });
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(`${name}: ${rounds} rounds of ${size}, ${kills} kills in ${seconds} s, every outcome as undisturbed; found after a kill: ${JSON.stringify(found)}`);
  }
} finally {
  await vite.close();
}
