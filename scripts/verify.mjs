// Format, lint, types, import law and dead code: all at once, each with its time; fails if any does.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const bin = (name) => join("node_modules/.bin", name);
// The compiler in Go checks types in a fifth of the time; what needs the older one's API (Next, the import law) keeps
// that.
const tsc = "node_modules/typescript-7/bin/tsc";

const packages = [
  "sdk/js",
  "sdk/js/examples",
  "tests",
  ...["packages", "apps"].flatMap((dir) => readdirSync(dir).map((one) => join(dir, one))),
];
const types = packages
  .filter((dir) => existsSync(join(dir, "tsconfig.json")))
  .map((dir) => ({ name: `types ${dir}`, run: [tsc, "--noEmit", "-p", dir] }));
const checks = [
  ...types,
  {
    name: "import law",
    run: [bin("depcruise"), "--config", ".dependency-cruiser.cjs", "packages", "apps", "sdk", "tests"],
  },
  { name: "dead code", run: [bin("knip"), "--no-progress"] },
  { name: "format, lint", run: [bin("biome"), "check", "--error-on-warnings"] },
];

let failures = 0;
const queue = [...checks];
async function work() {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    const started = Date.now();
    const child = spawn(check.run[0], check.run.slice(1));
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.on("close", resolve));
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${check.name} (${seconds} s)\n`);
    if (code !== 0) {
      failures++;
      process.stdout.write(`${output}\n`);
    }
  }
}
const started = Date.now();
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
process.stdout.write(
  `${checks.length - failures} of ${checks.length} checks hold (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
);
process.exit(failures === 0 ? 0 : 1);
