import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { init } from "tailbone";
import { listSpools } from "tailbone/spool";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import about from "../package.json" with { type: "json" };

/* The built command, against a real hub that it has started itself. */

const entry = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let folder: string;
let env: Record<string, string | undefined>;
let hub: ChildProcess;
let url: string;
let key: string;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...args], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
}

const tailbone = (...args: string[]): Promise<Ended> => runTailbone(env, ...args);

async function runTailbone(settings: typeof env, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: settings,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  const [code]: (number | null)[] = await once(child, "close");
  return { code: code ?? null, stdout, stderr };
}

/** Resolves with the first line of a child's stdout that has `text` in it. */
function lineWith(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error("no stdout");
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes(text)) resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`it ended with exit code ${code}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : expect.fail("no port");
}

async function train(name: string, points: number, mode: "online" | "offline" = "online"): Promise<string> {
  const options = {
    project: "cli",
    url,
    apiKey: key,
    dir: join(folder, "data"),
    console: false,
    system: false,
    quiet: true,
  };
  const run = await init({ ...options, name, mode, config: { lr: 0.1 }, tags: ["tested"] });
  for (let step = 0; step < points; step++) run.log({ n: step, "odd, name": step === 1 ? Number.NaN : -step });
  await run.finish();
  return run.id;
}

/** A training of its own process that logs `points` points offline; the run, and the folder that it leaves. */
async function trainOffline(points: number, settings: typeof env = {}): Promise<{ run: string; dir: string }> {
  const script = `
    import { init } from ${JSON.stringify(import.meta.resolve("tailbone"))};
    const run = await init({ project: "cli", name: "left", mode: "offline", console: false, system: false });
    for (let n = 0; n < ${points}; n++) run.log({ n });
    await run.finish();
    console.log(run.id);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...env, ...settings },
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let id = "";
  child.stdout.on("data", (chunk) => (id += chunk));
  await once(child, "close");
  const run = id.trim();
  const spool = (await listSpools(join(folder, "data/spool"))).find((one) => one.run === run);
  return { run, dir: spool?.dir ?? expect.fail("it has left nothing") };
}

/** Changes one byte of a file. */
function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x40;
  writeFileSync(path, bytes);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tailbone-cli-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  env = {
    ...process.env,
    NODE_OPTIONS: undefined,
    TAILBONE_PORT: String(port),
    TAILBONE_URL: url,
    TAILBONE_DATA: join(folder, "data"),
    TAILBONE_CONFIG_HOME: join(folder, "config"),
    TAILBONE_LOG_LEVEL: "warn",
  };
  hub = start("start", "--no-dashboard", "--json");
  const ready: unknown = JSON.parse(await lineWith(hub, "signInLink"));
  expect(ready).toMatchObject({ url, signInLink: expect.stringContaining(url) });
  key = JSON.parse(readFileSync(join(folder, "config/credentials.json"), "utf8"))[url].key;
});
afterAll(async () => {
  hub.kill("SIGTERM");
  await once(hub, "close");
  rmSync(folder, { recursive: true, force: true });
});

describe("tailbone", () => {
  test("says its version, and helps with every command by an example", async () => {
    expect(await tailbone("--version")).toMatchObject({ code: 0, stdout: `${about.version}\n` });
    expect((await tailbone("--help")).stdout).toContain("Exit codes");
    for (const command of ["start", "sync", "runs ls", "runs tail", "runs export", "keys create"]) {
      const { code, stdout } = await tailbone(...command.split(" "), "--help");
      expect(code).toBe(0);
      expect(stdout).toContain(`$ tailbone ${command}`);
    }
  });

  test("ends with 2 when it is used wrongly, and with 1 when something fails, saying what to do and no stack", async () => {
    for (const args of [
      ["unknown"],
      ["runs", "tail"],
      ["runs", "export", "no-id"],
      ["runs", "ls", "--url", "nowhere"],
    ]) {
      const { code, stderr } = await tailbone(...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  test("says what is wrong with a hub's address or key, and what to do, and nothing else", async () => {
    const run = "0198c0de-0000-7000-8000-000000000001";
    const other = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const foreign = typeof address === "object" && address !== null ? `127.0.0.1:${address.port}` : expect.fail();
    const closed = `http://127.0.0.1:${await freePort()}`;
    const says = async (args: readonly string[], code: number, ...words: string[]): Promise<void> => {
      const ended = await tailbone("runs", ...args);
      expect([args, ended.code, ended.stdout], ended.stderr).toEqual([args, code, ""]);
      const [message = "", hint = "", ...more] = ended.stderr.trim().split("\n");
      expect([message.endsWith("."), hint.length > 0, more]).toEqual([true, true, []]);
      for (const word of words) expect(ended.stderr).toContain(word);
    };
    await says(["ls", "--url", closed], 1, `${closed} cannot be reached: nothing listens there`, "tailbone start");
    await says(["tail", run, "--url", closed], 1, "nothing listens there", "tailbone start");
    await says(["ls", "--url", "http://hub.invalid"], 1, "cannot be reached: ", "--url");
    await says(["ls", "--url", `http://${foreign}`], 1, "not as a hub of Tailbone does", "Is it the right address");
    await says(["export", run, "--url", `http://${foreign}`], 1, "not as a hub of Tailbone does");
    await says(["ls", "--url", foreign], 2, `Write it as http://${foreign}`);
    await says(["ls", "--api-key", "tb_wrong"], 1, "does not know this key", "the one of --api-key");
    await says(["tail", run, "--api-key", "tb_wrong"], 1, "does not know this key", "the one of --api-key");
    await says(["ls", "--api-key", "tb_ключ"], 2, "The key of --api-key has characters that no key has");
    await says(["tail", run], 1, run);
    await says(["ls", "--limit", "many"], 2, "limit");
    const { stderr } = await runTailbone({ ...env, TAILBONE_CONFIG_HOME: join(folder, "none") }, "runs", "ls");
    expect(stderr).toContain(`There is no key for the hub at ${url}.`);
    other.close();
  });

  test("lists runs, for people and for programs", async () => {
    const id = await train("listed", 3);
    const table = await tailbone("runs", "ls", "--project", "cli");
    expect(table.stdout.split("\n")[0]).toMatch(/^ID +PROJECT +NAME +STATE/);
    expect(table.stdout).toMatch(new RegExp(`${id} +cli +listed +finished +2 +6`));
    const { stdout } = await tailbone("runs", "ls", "--filter", "listed", "--json");
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ id, state: "finished", points: 6 }]);
    for (const filter of [
      ["listed", "last(n)!=null"],
      ["listed", "--filter", "-state:running"],
    ]) {
      expect((await tailbone("runs", "ls", ...filter)).stdout).toContain(id);
    }
    expect((await tailbone("runs", "ls", "listed", "step>2")).stderr).toContain("There are no such runs.");
  });

  test("marks the place at which a filter cannot be read", async () => {
    const { code, stderr } = await runTailbone(env, "runs", "ls", "state=running", "step>many");
    expect(code).toBe(2);
    expect(stderr.split("\n").slice(0, 4)).toEqual([
      "state=running step>many",
      "                   ^^^^",
      'Filter, character 20: "many" does not fit.',
      "What fits there: a number such as 3e-4 or 10k, a range such as 1..5, null.",
    ]);
  });

  test("exports every point as CSV, JSON and Parquet", async () => {
    const id = await train("exported", 12_000);
    const csv = (await tailbone("runs", "export", id)).stdout.trim().split("\n");
    expect(csv.length).toBe(24_001);
    expect(csv[0]).toBe("series,step,time_ms,value,leg,abandoned");
    expect(csv.filter((line) => line.startsWith("n,")).map((line) => Number(line.split(",")[3]))).toEqual(
      Array.from({ length: 12_000 }, (_, n) => n),
    );
    expect(csv.find((line) => line.includes("NaN"))).toMatch(/^"odd, name",1,[\d.]+,NaN,1,0$/);

    const out = join(folder, "run.json");
    expect((await tailbone("runs", "export", id, "--format", "json", "--out", out, "--series", "n")).code).toBe(0);
    const json: { run: { id: string }; pages: { series: string; values: number[] }[] } = JSON.parse(
      readFileSync(out, "utf8"),
    );
    expect(json.run.id).toBe(id);
    expect(json.pages.flatMap(({ values }) => values)).toEqual(Array.from({ length: 12_000 }, (_, n) => n));

    const parquet = join(folder, "run.parquet");
    expect((await tailbone("runs", "export", id, "--format", "parquet", "--out", parquet)).code).toBe(0);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(rows.filter(({ series }) => series === "n").map(({ step, value }) => [step, value])).toEqual(
      Array.from({ length: 12_000 }, (_, n) => [n, n]),
    );
    expect(rows.find(({ series, step }) => series === "odd, name" && step === 1)?.value).toBeNaN();
    expect((await tailbone("runs", "export", id, "--format", "parquet")).code).toBe(2);
    const misspelt = await tailbone("runs", "export", id, "--series", "m");
    expect(misspelt).toMatchObject({ code: 1, stdout: "" });
    expect(misspelt.stderr).toContain('The run has no series "m"; nothing was written.');
  });

  test("follows a run live until it ends", async () => {
    const options = {
      project: "cli",
      url,
      apiKey: key,
      dir: join(folder, "data"),
      console: false,
      system: false,
      quiet: true,
    };
    const run = await init(options);
    const child = start("runs", "tail", run.id, "--json");
    const got: { type: string; metrics?: { n: number } }[] = [];
    let step = 0;
    // Until it is there, whatever is logged is none of its business.
    const timer = setInterval(() => run.log({ n: step++ }), 10);
    const ended = once(child, "close");
    if (child.stdout !== null) {
      for await (const line of createInterface({ input: child.stdout })) {
        got.push(JSON.parse(line));
        if (got.length === 20) {
          clearInterval(timer);
          void run.finish();
        }
      }
    }
    expect((await ended)[0]).toBe(0);
    const values = got.filter(({ type }) => type === "points").map(({ metrics }) => metrics?.n ?? -1);
    expect(values).toEqual(values.map((_, index) => (values[0] ?? 0) + index));
    expect(values.at(-1)).toBe(step - 1);
  });

  test("makes a key that lets in", async () => {
    const { code, stdout } = await tailbone("keys", "create", "made here");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tb_\w+\n$/);
    expect((await tailbone("runs", "ls", "--api-key", stdout.trim())).code).toBe(0);
  });

  test("delivers what an offline training has left", async () => {
    const { run } = await trainOffline(100);
    const { code, stdout } = await tailbone("sync", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      run,
      refused: 0,
      damaged: 0,
      kept: null,
      quarantine: null,
      error: null,
    });
    expect(await listSpools(join(folder, "data/spool"))).toEqual([]);
    expect((await tailbone("runs", "export", run, "--series", "n")).stdout.trim().split("\n").length).toBe(101);
    expect((await tailbone("sync")).stderr).toContain("nothing to deliver");
    expect(await tailbone("sync", join(folder, "nowhere"))).toMatchObject({ code: 1, stdout: "" });
  });

  test("delivers past spools that are damaged, names them, keeps what it could not read, and ends with 1", async () => {
    const [damaged, nameless, headless, whole] = [
      await trainOffline(100),
      await trainOffline(100),
      await trainOffline(100),
      await trainOffline(100),
    ];
    const size = readFileSync(join(damaged.dir, "00000000.seg")).byteLength;
    flip(join(damaged.dir, "00000000.seg"), size - 1);
    truncateSync(join(nameless.dir, "writer.json"), 100);
    flip(join(headless.dir, "00000000.seg"), 1);
    const { code, stdout } = await tailbone("sync", "--json");
    expect(code).toBe(1);
    const outcomes = new Map(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map((outcome) => [outcome.dir, outcome]),
    );
    expect(outcomes.get(damaged.dir)).toMatchObject({ damaged: 1, quarantine: join(damaged.dir, "quarantine") });
    expect(outcomes.get(nameless.dir)).toMatchObject({ run: null, frames: 0, error: { code: "frame_malformed" } });
    expect(outcomes.get(headless.dir)).toMatchObject({ damaged: 0, quarantine: join(headless.dir, "quarantine") });
    expect(outcomes.get(whole.dir)).toMatchObject({ damaged: 0, quarantine: null, error: null });
    for (const { run } of [headless, whole]) {
      expect((await tailbone("runs", "export", run, "--series", "n")).stdout.trim().split("\n").length).toBe(101);
    }
    const again = await tailbone("sync");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`${join(nameless.dir, "writer.json")} is damaged`);
    rmSync(nameless.dir, { recursive: true });
    // What was set aside was told of; it is no work left.
    expect((await tailbone("sync")).code).toBe(0);
  });

  test("delivers to the hub that --url or TAILBONE_URL names, and else to the one of the training", async () => {
    const elsewhere = { ...env, TAILBONE_URL: "http://127.0.0.1:1" };
    const left = () => listSpools(join(folder, "data/spool"));
    await trainOffline(10, elsewhere);
    expect((await tailbone("sync", "--url", "nowhere")).code).toBe(2);
    expect(await tailbone("sync")).toMatchObject({ code: 0 });
    await trainOffline(10, elsewhere);
    expect(await runTailbone(elsewhere, "sync", "--url", url)).toMatchObject({ code: 0 });
    await trainOffline(10);
    expect(await runTailbone({ ...env, TAILBONE_URL: undefined }, "sync")).toMatchObject({ code: 0 });
    expect(await left()).toEqual([]);
  });
});
