import { expect, test } from "vitest";
import { oneAfterAnother, singleFlight } from "./single-flight";

/** Work that is done when it is said to be, with its number. */
function heldWork() {
  const held: { resolve: (n: number) => void; reject: (error: Error) => void }[] = [];
  const work = (): Promise<number> => new Promise((resolve, reject) => held.push({ resolve, reject }));
  return { held, work };
}

test("who asks while work is under way gets what comes of it; it begins anew once it is over, however it ended", async () => {
  const { held, work } = heldWork();
  const ask = singleFlight(work);
  const first = [ask(), ask()];
  expect(held.length).toBe(1);
  held[0]?.resolve(1);
  expect(await Promise.all(first)).toEqual([1, 1]);
  const second = ask();
  held[1]?.reject(new Error("no"));
  await expect(second).rejects.toThrow("no");
  const third = ask();
  held[2]?.resolve(3);
  expect(await third).toBe(3);
});

test("what is asked for while work is under way begins after it, once for all who asked, also where it failed", async () => {
  const { held, work } = heldWork();
  const ask = oneAfterAnother(work);
  const first = ask();
  const later = [ask(), ask(), ask()];
  expect(held.length).toBe(1);
  held[0]?.reject(new Error("no"));
  await expect(first).rejects.toThrow("no");
  await expect.poll(() => held.length).toBe(2);
  const last = ask();
  held[1]?.resolve(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
  await expect.poll(() => held.length).toBe(3);
  held[2]?.resolve(3);
  expect(await last).toBe(3);
  expect(held.length).toBe(3);
});
