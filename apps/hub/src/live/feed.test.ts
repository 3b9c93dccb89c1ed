import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Feed, FeedStore, type LegFrame } from "./feed";

const frame = (bytes: number, mark = 0): LegFrame => ({ leg: 1, bytes: new Uint8Array(bytes).fill(mark) });

describe("a feed", () => {
  test("has the newest frames within its capacity, and never a hole", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), { maxLength: 40 }),
        (capacity, commits) => {
          const feed = new Feed(0, capacity);
          const all: LegFrame[] = [];
          for (const sizes of commits) {
            const frames = sizes.map((size, index) => frame(size, all.length + index));
            feed.append(all.length, frames);
            all.push(...frames);
            expect(feed.end).toBe(all.length);
            const kept = all.slice(feed.start);
            expect(feed.since(feed.start, 1000)).toEqual(kept);
            expect(feed.bytes).toBe(kept.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
            expect(feed.bytes <= capacity || kept.length === 1).toBe(true);
            if (feed.start > 0) expect(feed.since(feed.start - 1, 1000)).toBeNull();
          }
        },
      ),
    );
  });

  test("leaves out what it has already, and starts anew after frames that it never saw", () => {
    const feed = new Feed(5, 1000);
    feed.append(5, [frame(1, 5), frame(1, 6)]);
    feed.append(6, [frame(1, 6), frame(1, 7)]);
    expect(feed.since(5, 1000)).toEqual([frame(1, 5), frame(1, 6), frame(1, 7)]);
    feed.append(20, [frame(1, 20)]);
    expect([feed.start, feed.end]).toEqual([20, 21]);
    expect(feed.since(8, 1000)).toBeNull();
  });

  test("knows when more waits than a viewer may have waiting", () => {
    const feed = new Feed(0, 1000);
    feed.append(0, [frame(10), frame(10), frame(10)]);
    expect(feed.isBeyond(0, 29)).toBe(true);
    expect(feed.isBeyond(0, 30)).toBe(false);
    expect(feed.isBeyond(3, 0)).toBe(false);
  });
});

test("all feeds together are bounded, and the run that was silent longest goes first", () => {
  const store = new FeedStore({ runBytes: 100, totalBytes: 250 });
  for (const run of ["a", "b", "c", "a", "d"]) store.append(run, store.get(run)?.end ?? 0, [frame(40), frame(40)]);
  expect(store.bytes).toBeLessThanOrEqual(250);
  expect(store.get("b")).toBeUndefined();
  expect(store.get("d")?.since(0, 1000)).toHaveLength(2);
  store.delete("d");
  expect(store.get("d")).toBeUndefined();
});
