// Puts the used part of the chart library into dist/report/charts.js, so that installing the tool does not bring all of it (docs/decisions/0015).
import { build } from "vite";

await build({
  configFile: false,
  logLevel: "warn",
  build: {
    ssr: "dist/report/charts.js",
    outDir: "dist/report",
    emptyOutDir: false,
    minify: "esbuild",
    rollupOptions: { output: { entryFileNames: "charts.js", banner: "/* Contains parts of Apache ECharts (Apache-2.0) and zrender (BSD-3-Clause). */" } },
  },
  ssr: { noExternal: true },
});
