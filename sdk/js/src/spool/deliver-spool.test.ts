import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TailboneError } from "@tailbone/protocol/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IngestServer } from "../ingest-server.test-util";
import { deliverSpool } from "./deliver-spool";
import { findSpools, listSpools, type SpoolInfo } from "./find-spools";
import { encodeSegmentFrame, SEGMENT_HEADER_BYTES } from "./segment";
import { leaveSpool, sampleFrame, upTo } from "./spool.test-util";
import { lockSpool } from "./spool-lock";

let server: IngestServer;
let root: string;
beforeEach(async () => {
  server = await IngestServer.start();
  root = mkdtempSync(join(tmpdir(), "tailbone-left-"));
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** A spool of `count` frames, each with `points` points, as a process left it that is long gone. */
async function leave(count: number, points = 1): Promise<SpoolInfo> {
  const dir = leaveSpool(
    root,
    server.url,
    upTo(count).map((sequence) => sampleFrame(sequence, points)),
  );
  return (await listSpools(root)).find((one) => one.dir === dir) ?? expect.fail("it is not listed");
}

const findKey = (): string => server.key;
const stored = (): number[] => server.points("n").map(([step]) => step);

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** Changes one byte of a frame's values, of frames of `points` points. */
function damageFrame(dir: string, sequence: number, points = 1): void {
  const at = SEGMENT_HEADER_BYTES + sequence * encodeSegmentFrame(sampleFrame(sequence, points)).byteLength;
  flip(join(dir, "00000000.seg"), at + 70);
}

test("a left spool is found from any folder above it, and from its own", async () => {
  const { dir, run } = await leave(3);
  for (const above of [root, join(root, run), dir]) {
    expect((await listSpools(above)).map((spool) => spool.dir)).toEqual([dir]);
  }
  expect(await listSpools(join(root, "nowhere"))).toEqual([]);
});

test("a left spool is delivered once and then gone, also when part of it was delivered before", async () => {
  const spool = await leave(500);
  server.faults.onFrame = ({ sequence }) => {
    if (sequence === 200) server.cut();
    return undefined;
  };
  await deliverSpool(spool, { findKey });
  expect(stored()).toEqual(upTo(500));
  expect(readdirSync(root)).toEqual([]);
});

describe("what cannot be read", () => {
  test("is set aside, and the run says how much is missing; the rest is delivered", async () => {
    const spool = await leave(50, 10);
    const bytes = readFileSync(join(spool.dir, "00000000.seg")).byteLength;
    for (const sequence of [20, 48, 49]) damageFrame(spool.dir, sequence, 10);
    const delivered = await deliverSpool(spool, { findKey });
    const quarantine = join(spool.dir, "quarantine");
    expect(delivered).toMatchObject({ frames: 50, damaged: 3, missing: 30, refused: 0, quarantine, kept: null });
    expect(stored()).toEqual(upTo(500).filter((n) => ![20, 48, 49].includes(Math.floor(n / 10))));
    expect(server.records("dropped")).toMatchObject([10, 20].map((points) => ({ reason: "damaged", points })));
    expect(readdirSync(spool.dir)).toEqual(["quarantine"]);
    expect(readFileSync(join(quarantine, "00000000.seg")).byteLength).toBe(bytes);
    expect(JSON.parse(readFileSync(join(quarantine, "damage.json"), "utf8"))).toMatchObject({
      damage: [{ segment: "00000000.seg" }, { segment: "00000000.seg" }],
      missing: [
        { first: 20, end: 21, points: 10 },
        { first: 48, end: 50, points: 20 },
      ],
    });
    // It is no spool: nobody tries it again.
    expect(await findSpools(root)).toEqual({ spools: [], unreadable: [] });
  });

  test("of a segment's header costs no frame", async () => {
    const spool = await leave(50);
    flip(join(spool.dir, "00000000.seg"), 2);
    expect(await deliverSpool(spool, { findKey })).toMatchObject({
      frames: 50,
      damaged: 0,
      damage: [{ from: 0, to: 16 }],
      quarantine: join(spool.dir, "quarantine"),
    });
    expect(stored()).toEqual(upTo(50));
  });

  test("and is stored by the hub already, is not missing", async () => {
    const spool = await leave(50);
    server.faults.onFrame = ({ sequence }) => {
      if (sequence === 30) throw new TailboneError("gone", "No more.", "No.");
      return undefined;
    };
    await expect(deliverSpool(spool, { findKey })).rejects.toMatchObject({ code: "gone" });
    server.faults.onFrame = () => undefined;
    damageFrame(spool.dir, 20);
    expect(await deliverSpool(spool, { findKey })).toMatchObject({ damaged: 0, missing: 0 });
    expect(stored()).toEqual(upTo(50));
    expect(server.records("dropped")).toEqual([]);
  });

  test("of a frame without points says so without a number", async () => {
    const dir = leaveSpool(root, server.url, [sampleFrame(0), sampleFrame(1, 0, 100), sampleFrame(2)]);
    flip(join(dir, "00000000.seg"), SEGMENT_HEADER_BYTES + encodeSegmentFrame(sampleFrame(0)).byteLength + 100);
    expect(await deliverSpool({ dir }, { findKey })).toMatchObject({ damaged: 1, missing: 0 });
    expect(server.records("dropped")).toEqual([]);
    expect(server.records("console")).toMatchObject([{ text: expect.stringContaining("a frame could not be read") }]);
  });

  test("of the file that says whose the spool is, stops it, not the others; all of it is kept", async () => {
    const nameless = await leave(5);
    truncateSync(join(nameless.dir, "writer.json"), 40);
    const other = await leave(5);
    const copy = join(dirname(other.dir), "copy");
    cpSync(other.dir, copy, { recursive: true });
    const { spools, unreadable } = await findSpools(root);
    expect(spools.map(({ dir }) => dir)).toEqual([other.dir]);
    expect(unreadable.map(({ dir, error }) => [dir, error.code]).sort()).toEqual(
      [
        [nameless.dir, "frame_malformed"],
        [copy, "conflict"],
      ].sort(),
    );
    await expect(deliverSpool(nameless, { findKey })).rejects.toMatchObject({
      message: expect.stringContaining("could not be read"),
    });
    expect(readdirSync(nameless.dir).sort()).toEqual(["00000000.seg", "writer.json", "writer.lock"]);
    rmSync(join(nameless.dir, "writer.json"));
    expect((await findSpools(nameless.dir)).unreadable).toMatchObject([{ dir: nameless.dir }]);
  });
});

test("a refused frame stays on disk, and the rest is delivered", async () => {
  const spool = await leave(10);
  server.faults.onFrame = ({ sequence, groups }) => {
    if (sequence === 4 && groups.length > 0) throw new TailboneError("too_large", "Too much.", "Less.");
    return undefined;
  };
  const refused: string[] = [];
  const delivered = await deliverSpool(spool, { findKey, onRefused: (_, path) => refused.push(path) });
  expect(delivered).toMatchObject({ frames: 10, refused: 1 });
  expect(readFileSync(refused[0] ?? "")).toEqual(Buffer.from(sampleFrame(4)));
  expect(await listSpools(root)).toEqual([]);
});

describe("a spool whose writer may live", () => {
  const holding = fileURLToPath(new URL("../../../../packages/base/src/held-lock.test-util.mjs", import.meta.url));
  const apart = ["--pid", "--fork", "--kill-child"];
  const canUnshare = spawnSync("unshare", [...apart, "true"]).status === 0;

  test("is delivered by one process at a time", async () => {
    const spool = await leave(1);
    const lock = lockSpool(spool.dir);
    await expect(deliverSpool(spool, { findKey })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
    });
    lock?.release();
    await deliverSpool(spool, { findKey });
    expect(stored()).toEqual([0]);
    expect(readdirSync(root)).toEqual([]);
  });

  test.skipIf(!canUnshare)(
    "is left alone when that is a process of another container, however its id is called",
    async () => {
      const spool = await leave(10);
      const child = spawn("unshare", [...apart, process.execPath, holding, join(spool.dir, "writer.lock")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      for await (const line of createInterface({ input: child.stdout })) {
        expect(JSON.parse(line)).toEqual({ kind: "held", pid: 1 });
        break;
      }
      await expect(deliverSpool(spool, { findKey, hasEnded: true })).rejects.toMatchObject({ code: "conflict" });
      expect(readdirSync(spool.dir)).toContain("00000000.seg");
      child.kill("SIGKILL");
      await once(child, "exit");
      await expect.poll(async () => (await deliverSpool(spool, { findKey }).catch(() => null))?.frames).toBe(10);
      expect(readdirSync(root)).toEqual([]);
    },
  );

  test("because it could hold no lock, is delivered and kept, until it is said to have ended", async () => {
    const frames = upTo(10).map((sequence) => sampleFrame(sequence));
    const dir = leaveSpool(root, server.url, frames, false);
    damageFrame(dir, 7);
    const before = readdirSync(dir);
    const delivered = await deliverSpool({ dir }, { findKey });
    expect(delivered).toMatchObject({ frames: 7, kept: expect.stringContaining("cannot be seen") });
    // Behind the damage there may be what it is writing now.
    expect(stored()).toEqual(upTo(7));
    expect(readdirSync(dir).filter((name) => name !== "writer.lock")).toEqual(before);
    expect(await deliverSpool({ dir }, { findKey, hasEnded: true })).toMatchObject({ damaged: 1, kept: null });
    expect(stored()).toEqual(upTo(10).filter((n) => n !== 7));
    expect(readdirSync(dir)).toEqual(["quarantine"]);
  });

  test("was written by a version that held no lock, is delivered and kept", async () => {
    const spool = await leave(10);
    const path = join(spool.dir, "writer.json");
    const { version: _, isLocked: __, holder, ...rest } = JSON.parse(readFileSync(path, "utf8"));
    // The process with that id lives: it is this one.
    const old = { version: 1, ...rest, holder: { pid: holder.pid, born: "1", host: holder.host } };
    writeFileSync(path, JSON.stringify(old));
    writeFileSync(join(spool.dir, "deliver.lock"), JSON.stringify(old.holder));
    const { kept } = await deliverSpool(spool, { findKey });
    expect(kept).toContain(`process ${process.pid}`);
    expect(stored()).toEqual(upTo(10));
    expect((await listSpools(root)).map(({ dir }) => dir)).toEqual([spool.dir]);
    await deliverSpool(spool, { findKey, hasEnded: true });
    expect(stored()).toEqual(upTo(10));
    expect(readdirSync(root)).toEqual([]);
  });
});

test("a hub that is there and stores nothing any more is given up after a while, with its own words and all still there", async () => {
  const spool = await leave(50);
  server.faults.onFrame = ({ sequence }) => {
    if (sequence >= 20) throw new TailboneError("storage_full", "There is no room left.", "Make some.");
    return undefined;
  };
  const opens = server.opens;
  await expect(deliverSpool(spool, { findKey, patienceMs: 500 })).rejects.toMatchObject({
    code: "storage_full",
    message: `The hub at ${server.url} has stored nothing more for 0.5 s: There is no room left.`,
    hint: expect.stringContaining("nothing is lost"),
  });
  expect([stored(), server.opens]).toEqual([upTo(20), opens + 1]);
  server.faults = {};
  await deliverSpool(spool, { findKey });
  expect(stored()).toEqual(upTo(50));
});

test("a hub that is away is waited for, and then given up with all still there", async () => {
  const spool = await leave(5);
  await server.close();
  await expect(deliverSpool(spool, { findKey, patienceMs: 300 })).rejects.toMatchObject({ code: "unavailable" });
  await server.listen();
  await deliverSpool(spool, { findKey });
  expect(stored()).toEqual(upTo(5));
});
