// Runs every test and ends with one plain line: how many passed and how many failed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";

const report = "node_modules/.cache/tests.json";
mkdirSync("node_modules/.cache", { recursive: true });
rmSync(report, { force: true });

const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)];
const { status } = spawnSync("node_modules/.bin/vitest", args, { stdio: "inherit" });

const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : { numPassedTests: 0, numFailedTests: 0 };
const passed = counts.numPassedTests;
// A file that could not even be loaded has no failed test of its own, and still is a failure.
const failed = Math.max(counts.numFailedTests, status === 0 ? 0 : 1);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
