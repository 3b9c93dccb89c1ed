import { expect, test } from "vitest";
import { createCommitSlots } from "./commit-slots";

const options = { slots: 3, largeSlots: 2, largeBytes: 100 };

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
  await settled();
  expect(begun).toEqual(["large 0", "large 1", "small", "large 2"]);
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
