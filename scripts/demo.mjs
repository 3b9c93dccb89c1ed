// Starts everything, trains the `digits` example into it, and (with TAILBONE_HEADLESS=1) ends with one line of JSON.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const headless = process.env.TAILBONE_HEADLESS === "1";
const say = (text) => process.stderr.write(`${text}\n`);

/** Starts a child whose lines of output go to `onLine`; the promise resolves with its exit code. */
function start(args, env, onLine) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", onLine);
  return { child, exited: new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1))) };
}

const ready = Promise.withResolvers?.() ?? withResolvers();
function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

const hub = start(["apps/cli/dist/main.js", "start", "--json"], {}, (line) => {
  if (line.startsWith("{") && line.includes('"signInLink"')) ready.resolve(JSON.parse(line));
});
hub.exited.then((code) => ready.reject(new Error(`Tailbone ended with exit code ${code} before it served.`)));

let stopping = false;
async function stop(code) {
  if (stopping) return;
  stopping = true;
  hub.child.kill("SIGTERM");
  await hub.exited;
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(130));

const served = await ready.promise.catch((error) => {
  say(error.message);
  process.exit(1);
});
hub.exited.then((code) => stop(code || 1));

say(`
  Tailbone is serving at ${served.url}

  Open this link to sign in (it works once, for 15 minutes):
  ${served.signInLink}
`);

let run = null;
const training = start(
  ["--import", "tsx", "sdk/js/examples/digits.ts", ...process.argv.slice(2)],
  { TAILBONE_URL: served.url, TAILBONE_PRINT_RUN: "1" },
  (line) => {
    if (run === null && line.startsWith('{"run"')) run = JSON.parse(line).run;
    else say(line);
  },
);
const trained = await training.exited;
if (trained !== 0) say(`The training ended with exit code ${trained}.`);
if (!headless) {
  say("\n  The training is over; Tailbone keeps serving. Ctrl-C stops it; nothing is lost.\n");
} else {
  const report = run === null ? null : await summarise(run);
  if (report !== null) process.stdout.write(`${JSON.stringify(report)}\n`);
  await stop(trained === 0 && report?.status === "finished" ? 0 : 1);
}

/** What the hub knows of the run, over its HTTP API. */
async function summarise(id) {
  const get = async (path) => {
    const response = await fetch(`${served.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${keyOf(served)}` },
    });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const [detail, { series }, { features }, { events }] = await Promise.all(
    ["", "/series", "/features", "/events"].map((part) => get(`/runs/${id}${part}`)),
  );
  return {
    url: served.url,
    project: detail.project.name,
    run: detail.id,
    status: detail.state,
    series: series.length,
    points: detail.points,
    readings: features.reduce((sum, { readings }) => sum + readings.length, 0),
    events: events.map(({ feature, from, to, after, by }) => ({ feature, from, to, after, by })),
  };
}

function keyOf({ url, credentials }) {
  if (process.env.TAILBONE_API_KEY !== undefined) return process.env.TAILBONE_API_KEY;
  return JSON.parse(readFileSync(credentials, "utf8"))[url].key;
}
