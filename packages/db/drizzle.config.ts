import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./src/schema/auth.ts",
    "./src/schema/access.ts",
    "./src/schema/run.ts",
    "./src/schema/life.ts",
    "./src/schema/pages.ts",
  ],
  out: "./migrations",
});
