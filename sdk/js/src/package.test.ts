import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
const entries = Object.keys(exports).map((path) => path.replace(/^\./, "tailbone"));

describe("the package", () => {
  test("is found by scripts of both kinds, those that import and those that require", () => {
    const require = createRequire(import.meta.url);
    expect(entries.filter((entry) => !require.resolve(entry).startsWith(folder))).toEqual([]);
  });

  test.runIf("require_module" in process.features && process.features.require_module === true)(
    "logs from a script that requires it, where Node can require a module",
    () => {
      const script = `const { init } = require("tailbone");
        init({ project: "required", mode: "disabled" }).then((run) => { run.log({ loss: 1 }); return run.finish(); })
          .then(() => console.log("logged"));`;
      expect(execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" })).toContain("logged");
    },
  );
});
