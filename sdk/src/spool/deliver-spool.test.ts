import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TailboneError } from "@tailbone/protocol/errors";
import { encodeFrame } from "@tailbone/protocol/frame";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IngestServer } from "../ingest-server.test-util";
import { deliverSpool } from "./deliver-spool";
import { currentHolder } from "./holder";
import { listSpools, type SpoolInfo } from "./list-spools";
import { encodeSegmentFrame, SEGMENT_HEADER_BYTES } from "./segment";
import { Spool } from "./spool";
import { lockSpool } from "./spool-lock";
import { saveWriterFile } from "./writer-file";

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

const frame = (sequence: number): Uint8Array => {
  const column = Float64Array.of(sequence);
  const group = { names: ["n"], steps: column, timesMs: column, values: [column] };
  return encodeFrame({ sequence, sealedAtMs: 1, groups: [group], records: [] });
};

/** A spool of `count` frames as a process left it that is long gone. */
async function leave(count: number): Promise<SpoolInfo> {
  const run = uuidv7();
  const writer = uuidv7();
  const dir = join(root, run, writer);
  mkdirSync(dir, { recursive: true });
  saveWriterFile(dir, {
    version: 1,
    url: server.url,
    request: { run, writer, project: "left", mode: "create", config: {}, tags: [], startedAtMs: 1 },
    holder: { ...currentHolder(), born: "1" },
  });
  const spool = Spool.create(dir);
  for (let sequence = 0; sequence < count; sequence++) spool.append(sequence, frame(sequence));
  spool.sync();
  spool.close();
  const [info] = await listSpools(root);
  return info ?? expect.fail("it is not listed");
}

const findKey = (): string => server.key;
const stored = (): number[] => server.points("n").map(([step]) => step);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

function damageFrame(dir: string, sequence: number): void {
  const path = join(dir, "00000000.seg");
  const bytes = readFileSync(path);
  const at = SEGMENT_HEADER_BYTES + sequence * encodeSegmentFrame(frame(sequence)).byteLength + 70;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
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

test("damage in the middle stops a delivery, which says where; what lies before is stored, the files stay", async () => {
  const spool = await leave(50);
  damageFrame(spool.dir, 20);
  await expect(deliverSpool(spool, { findKey })).rejects.toMatchObject({
    name: "DamagedSpoolError",
    message: expect.stringContaining("00000000.seg"),
    hint: expect.stringContaining("--skip-damaged"),
  });
  expect(stored()).toEqual(upTo(20));
  expect((await listSpools(root)).length).toBe(1);

  const delivered = await deliverSpool(spool, { findKey, skipDamaged: true });
  expect(delivered).toMatchObject({ damaged: 1, refused: 0 });
  expect(stored()).toEqual(upTo(50).filter((n) => n !== 20));
  expect(server.records("dropped")).toMatchObject([{ reason: "damaged" }]);
  expect(readdirSync(root)).toEqual([]);
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
  expect(readFileSync(refused[0] ?? "")).toEqual(Buffer.from(frame(4)));
  expect(await listSpools(root)).toEqual([]);
});

test("one process at a time delivers a spool", async () => {
  const spool = await leave(1);
  const unlock = lockSpool(spool.dir);
  await expect(deliverSpool(spool, { findKey })).rejects.toMatchObject({ code: "conflict" });
  unlock();
  // The lock of a process that was killed is no lock.
  writeFileSync(join(spool.dir, "deliver.lock"), JSON.stringify({ ...currentHolder(), born: "1" }));
  await deliverSpool(spool, { findKey });
  expect(stored()).toEqual([0]);
});

test("a hub that is away is waited for, and then given up with all still there", async () => {
  const spool = await leave(5);
  await server.close();
  await expect(deliverSpool(spool, { findKey, patienceMs: 300 })).rejects.toMatchObject({ code: "unavailable" });
  await server.listen();
  await deliverSpool(spool, { findKey });
  expect(stored()).toEqual(upTo(5));
});
