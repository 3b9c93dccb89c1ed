import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDurableFolder } from "./durable-folder";
import { Spool } from "./spool";
import { sampleFrame, upTo } from "./spool.test-util";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "tailbone-spool-")), "run", "writer");
  mkdirSync(dir, { recursive: true });
});
afterEach(() => rmSync(join(dir, "../.."), { recursive: true, force: true }));

const frame = (sequence: number): Uint8Array => sampleFrame(sequence, 0, 500_000);

/** Compared as bytes: the test runner takes long over arrays of this size. */
const isFrame = (bytes: Uint8Array | null, sequence: number): boolean =>
  bytes !== null && Buffer.compare(bytes, frame(sequence)) === 0;

const files = (): string[] => readdirSync(dir).sort();

/** A spool of several segments. */
function fill(count: number): Spool {
  const spool = new Spool(dir);
  for (const sequence of upTo(count)) spool.append(sequence, frame(sequence));
  spool.sync();
  return spool;
}

describe("a spool", () => {
  test("gives every frame back as it was appended", () => {
    const spool = fill(30);
    expect(files().length).toBeGreaterThan(2);
    for (const sequence of [0, 29, 7, 8, 15]) expect(isFrame(spool.read(sequence), sequence)).toBe(true);
    expect(spool.read(30)).toBeNull();
    expect([spool.first, spool.end]).toEqual([0, 30]);
    spool.close();
  });

  test("deletes the segments that are wholly acknowledged, and no other", () => {
    const spool = fill(30);
    const before = files().length;
    spool.trim(3);
    expect(files().length).toBe(before);
    spool.trim(20);
    expect(files().length).toBeLessThan(before);
    expect(spool.first).toBeLessThanOrEqual(20);
    expect(isFrame(spool.read(29), 29)).toBe(true);
    // The one that is written to stays.
    spool.trim(30);
    expect(files().length).toBe(1);
    spool.close();
  });

  test("sets a segment aside in which a frame could not be read", () => {
    const spool = fill(30);
    const [name = ""] = files();
    const bytes = readFileSync(join(dir, name));
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(join(dir, name), bytes);
    expect(spool.read(0)).toBeNull();
    expect(isFrame(spool.read(1), 1)).toBe(true);
    spool.trim(30);
    expect(readFileSync(join(dir, "quarantine", name)).equals(bytes)).toBe(true);
    spool.remove();
    expect(files()).toEqual(["quarantine"]);
  });

  test("is gone once removed, but for frames that were set aside", () => {
    const spool = fill(2);
    const kept = spool.setAside(1, frame(1));
    spool.remove();
    expect(files()).toEqual(["refused"]);
    expect(readFileSync(kept).equals(frame(1))).toBe(true);
  });
});

test("a folder is made durable with all those above it that are new", () => {
  const root = join(dir, "../..");
  const made = join(root, "a", "b", "c");
  expect(makeDurableFolder(made)).toEqual([join(root, "a", "b"), join(root, "a"), root]);
  expect(readdirSync(join(root, "a", "b"))).toEqual(["c"]);
  expect(makeDurableFolder(join(made, "d"))).toEqual([made]);
  expect(makeDurableFolder(made)).toEqual([]);
});
