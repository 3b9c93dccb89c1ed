import { cpSync } from "node:fs";
import { defineConfig } from "tsup";

export default defineConfig({
  // One flat folder: a module that became a part of a bundle finds what it needs beside it.
  entry: {
    "start-hub": "src/start-hub.ts",
    "run-hub": "src/run-hub.ts",
    "serve-dashboard": "src/dashboard/serve-dashboard.ts",
  },
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
  noExternal: [/^@tailbone\//],
  onSuccess: async () => cpSync("../../packages/db/migrations", "dist/migrations", { recursive: true }),
});
