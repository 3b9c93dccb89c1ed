import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/auth-schema.ts", "./src/access-schema.ts", "./src/run-schema.ts", "./src/life-schema.ts"],
  out: "./migrations",
});
