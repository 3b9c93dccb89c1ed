import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket";

function steppedBucket(perMinute: number) {
  let nowMs = 0;
  const bucket = new TokenBucket({ perMinute, clock: { monotonicMs: () => nowMs } });
  return {
    bucket,
    step: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("a key takes what it has, is told when to come back, and finds it there then; others are not touched", () => {
  const { bucket, step } = steppedBucket(60);
  for (let taken = 0; taken < 60; taken++) {
    expect(bucket.waitMs("a")).toBe(0);
    bucket.take("a", 1);
  }
  const waitMs = bucket.waitMs("a");
  expect(waitMs).toBe(1000);
  expect(bucket.waitMs("b")).toBe(0);
  step(waitMs);
  expect(bucket.waitMs("a")).toBe(0);
});

test("what is more than there ever is can be taken once, and is paid off before the next", () => {
  const { bucket, step } = steppedBucket(60);
  bucket.take("a", 180);
  expect(bucket.waitMs("a")).toBe(121_000);
  step(121_000);
  expect(bucket.waitMs("a")).toBe(0);
  step(3_600_000);
  bucket.take("a", 60);
  expect(bucket.waitMs("a")).toBe(1000);
});
