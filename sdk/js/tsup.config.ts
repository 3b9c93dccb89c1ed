import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "tfjs/index": "src/tfjs/index.ts",
    "spool/index": "src/spool/index.ts",
    worker: "src/worker/worker.ts",
    "measuring-worker": "src/tfjs/measuring/measuring-worker.ts",
  },
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
  // The protocol is bundled, so that the published package needs nothing of this workspace.
  noExternal: [/^@tailbone\//],
  dts: {
    entry: { index: "src/index.ts", "tfjs/index": "src/tfjs/index.ts", "spool/index": "src/spool/index.ts" },
    // As files of ours, not as a package, its types are bundled too.
    compilerOptions: {
      paths: {
        "@tailbone/base/*": ["../../packages/base/src/*"],
        "@tailbone/protocol/*": ["../../packages/protocol/src/*"],
        "@tailbone/probes/*": ["../../packages/probes/src/*"],
      },
    },
  },
});
