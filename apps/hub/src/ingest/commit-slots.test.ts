import { expect, test, vi } from "vitest";
import { createCommitSlots } from "./commit-slots";

let nowMs = 0;
const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
const options = { slots: 3, largeSlots: 2, largeBytes: 100, restWithinMs: 1000, clock };

/** Work that ends when it is told to, and notes that it began. */
function work(name: string, begun: string[]) {
  let end: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    end,
    start: () => {
      begun.push(name);
      return done;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a small commit begins at once beside any number of large ones, and the next large one when one has ended", async () => {
  const slots = createCommitSlots(options);
  const begun: string[] = [];
  const large = Array.from({ length: 20 }, (_, index) => work(`large ${index}`, begun));
  const taken = large.map((one, index) => slots.take({ team: "flood", run: String(index), bytes: 1000 }, one.start));
  const small = work("small", begun);
  const ofSmall = slots.take({ team: "flood", run: "small", bytes: 10 }, small.start);
  await settled();
  expect(begun).toEqual(["large 0", "large 1", "small"]);
  small.end();
  await ofSmall;
  expect(begun).toHaveLength(3);
  large[0]?.end();
  await taken[0];
  await expect.poll(() => begun).toEqual(["large 0", "large 1", "small", "large 2"]);
  for (const one of large) one.end();
  await Promise.all(taken);
});

test("work that fails gives its slot back", async () => {
  const slots = createCommitSlots({ ...options, slots: 1, largeSlots: 1 });
  for (let turn = 0; turn < 3; turn++) {
    const failing = slots.take({ team: "a", run: "1", bytes: 1 }, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
  }
  expect(await slots.take({ team: "a", run: "1", bytes: 1 }, async () => 7)).toBe(7);
});

test("while another run commits small ones, the next large one waits as long as the last one took; alone it does not", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const slots = createCommitSlots({ ...options, largeSlots: 1 });
  const begun: string[] = [];
  const takeLarge = async (name: string, tookMs: number): Promise<void> => {
    await slots.take({ team: "a", run: "large", bytes: 1000 }, async () => {
      begun.push(name);
      nowMs += tookMs;
    });
  };
  const takeSmall = (run: string) =>
    slots.take({ team: "a", run, bytes: 10 }, async () => {
      begun.push(`small of ${run}`);
    });
  await takeSmall("large");
  await takeLarge("first", 50);
  const second = takeLarge("second", 50);
  await settled();
  expect(begun).toEqual(["small of large", "first", "second"]);
  await second;

  await takeSmall("other");
  await takeLarge("third", 50);
  const fourth = takeLarge("fourth", 1);
  await takeSmall("other");
  await settled();
  vi.advanceTimersByTime(49);
  await settled();
  expect(begun.slice(3)).toEqual(["small of other", "third", "small of other"]);
  vi.advanceTimersByTime(1);
  await fourth;
  expect(begun.at(-1)).toBe("fourth");

  vi.advanceTimersByTime(1);
  nowMs += 2000;
  await takeLarge("fifth", 50);
  const sixth = takeLarge("sixth", 1);
  await settled();
  expect(begun.at(-1)).toBe("sixth");
  await sixth;
  vi.useRealTimers();
});
