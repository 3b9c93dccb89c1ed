// The one door for `npm run …`: with Node and npm alone it installs what is missing, builds what has changed, and runs
// the command.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

// Turbo looks for pnpm on the PATH: the one that the project depends on.
const env = {
  ...process.env,
  PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
  NODE_OPTIONS: undefined,
  NEXT_TELEMETRY_DISABLED: "1",
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};
const bin = (name) => join(root, "node_modules/.bin", name);
const tsx = ["--import", "tsx"];

/** What each command builds first, and what it then runs. */
const commands = {
  demo: { build: ["@tailbone/cli", "@tailbone/dashboard", "tailbone"], run: ["scripts/demo.mjs"] },
  start: { build: ["@tailbone/cli", "@tailbone/dashboard"], run: ["apps/cli/dist/main.js", "start"] },
  test: { build: ["@tailbone/cli", "@tailbone/dashboard", "tailbone"], run: ["scripts/test.mjs"] },
  bench: { build: ["@tailbone/cli", "@tailbone/dashboard", "tailbone"], run: [...tsx, "tests/bench/main.ts"] },
  faults: { build: ["@tailbone/cli", "tailbone"], run: [...tsx, "tests/faults/main.ts"] },
  verify: { build: ["tailbone"], run: ["scripts/verify.mjs"] },
};

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 15)) {
  fail(`Tailbone needs Node 20.15 or newer; this is ${process.versions.node}. Install a newer Node and try again.`);
}

const name = process.argv[2];
const command = commands[name];
if (command === undefined) fail(`Unknown command "${name}". There are: ${Object.keys(commands).join(", ")}.`);

install();
build(command.build);
await run(command.run);

/** Installs with the pinned pnpm, unless the lock file is the one that was installed last. */
function install() {
  const stamp = join(root, "node_modules/.tailbone-installed");
  const wanted = createHash("sha256").update(readFileSync("pnpm-lock.yaml")).update(process.version).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const pnpm = JSON.parse(readFileSync("package.json", "utf8")).packageManager;
  process.stderr.write(`Installing the dependencies with ${pnpm} (once, about a minute)\n`);
  const args = ["-y", pnpm, "install", "--frozen-lockfile", "--config.confirm-modules-purge=false"];
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const lent = homeIsWritable() ? undefined : mkdtempSync(join(tmpdir(), "tailbone-home-"));
  const { status } = spawnSync(npx, args, { env: lent === undefined ? env : { ...env, HOME: lent }, stdio: "inherit" });
  if (lent !== undefined) rmSync(lent, { recursive: true, force: true });
  if (status !== 0) {
    fail("The dependencies could not be installed; the lines above say why. Is the npm registry within reach?");
  }
  writeFileSync(stamp, wanted);
}

/** npm keeps its cache in the home folder; where nothing can be written there, it would wait for ever. */
function homeIsWritable() {
  try {
    rmSync(mkdtempSync(join(homedir(), ".tailbone-")), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Builds what has changed since the last build; turbo knows by the files' contents. */
function build(packages) {
  const filters = packages.map((one) => `--filter=${one}...`);
  const args = ["run", "build", ...filters, "--output-logs=errors-only", "--no-update-notifier"];
  const started = Date.now();
  process.stderr.write("Building what has changed …");
  const { status, stdout, stderr } = spawnSync(bin("turbo"), args, { env, encoding: "utf8", maxBuffer: 64 << 20 });
  if (status !== 0) {
    process.stderr.write(`\n${stdout}${stderr}`);
    fail("The build failed; the lines above say where.");
  }
  process.stderr.write(` done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Runs the command with the terminal as its own, passes signals on and its exit code back. */
async function run(args) {
  const child = spawn(process.execPath, [...args, ...process.argv.slice(3)], { env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.on("exit", (...ended) => resolve(ended)));
  process.exit(code ?? (signal === "SIGINT" ? 130 : 143));
}
