import { expect, test, vi } from "vitest";
import { within } from "./within";

test("what is done in time comes out as it is, and what is not fails at the time that it had", async () => {
  expect(await within(1000, Promise.resolve(7))).toBe(7);
  await expect(within(1000, Promise.reject(new Error("no")))).rejects.toThrow("no");
  vi.useFakeTimers();
  const late = expect(within(1000, new Promise(() => {}))).rejects.toThrow("It took longer than 1 s.");
  await vi.advanceTimersByTimeAsync(1000);
  await late;
  vi.useRealTimers();
});
