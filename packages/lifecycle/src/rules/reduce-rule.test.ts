import type { Condition } from "@tailbone/protocol/rules";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Firing, type Occurrence, reduceRule, subjectsOf } from "./reduce-rule";
import type { SubjectMemory } from "./rule-state";
import { fitsSeries } from "./series-condition";

function replay(condition: Condition, occurrences: readonly Occurrence[], cooldownMs = 0): Firing[] {
  const stored = new Map<string, string>();
  const recall = (subject: string): SubjectMemory | undefined => {
    // A rule is handed no memory but those that it has asked for.
    const text = stored.get(subject);
    return text === undefined ? undefined : JSON.parse(text);
  };
  return occurrences.flatMap((occurrence, nowMs) => {
    const asked = new Set(subjectsOf(condition, occurrence));
    const { memories, firings } = reduceRule(
      { condition, cooldownMs },
      (subject) => (asked.has(subject) ? recall(subject) : undefined),
      occurrence,
      nowMs,
    );
    for (const [subject, memory] of memories) stored.set(subject, JSON.stringify(memory));
    return firings;
  });
}
const points = (values: readonly number[], first = 0): Occurrence => ({
  type: "points",
  series: "loss",
  steps: values.map((_, index) => first + index),
  values,
});
const above: Condition = { type: "threshold", series: "loss", op: "above", value: 1, points: 2 };

describe("a rule", () => {
  test("fires when its condition begins to hold, and again only after it has ceased to", () => {
    const fired = replay(above, [points([0, 2, 2, 2, 0, 2, 2])]);
    expect(fired.map(({ after, by }) => [after, by])).toEqual([
      [1, 2],
      [5, 6],
    ]);
  });

  test("says the same however its points are cut into batches", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }), fc.nat(40), (values, at) => {
        const cut = [points(values.slice(0, at)), points(values.slice(at), Math.min(at, values.length))];
        expect(replay(above, cut)).toEqual(replay(above, [points(values)]));
      }),
    );
  });

  test("is silent about the same series until its cooldown is over", () => {
    const spike = [0, 2, 2, 0];
    expect(replay(above, [points(spike), points(spike, 4), points(spike, 8)], 2)).toHaveLength(2);
  });

  test("changes nothing of a series whose points have not come", () => {
    const recall = (): undefined => undefined;
    const { memories } = reduceRule({ condition: { ...above, series: "*" }, cooldownMs: 0 }, recall, points([2, 2]), 0);
    expect([...memories.keys()]).toEqual(["series:loss"]);
  });

  test("sees a value that is not a number", () => {
    expect(replay({ type: "nan", series: "*loss*" }, [points([1, Number.NaN, Number.NaN])])).toHaveLength(1);
    expect(replay({ type: "nan", series: "acc" }, [points([Number.NaN])])).toEqual([]);
  });

  test("sees divergence, change and a plateau", () => {
    expect(replay({ type: "divergence", series: "loss", factor: 2, points: 1 }, [points([4, 1, 1.5, 3])])).toHaveLength(
      1,
    );
    expect(replay({ type: "change", series: "loss", by: 0.5, points: 2 }, [points([1, 1, 1, 3])])).toHaveLength(1);
    const plateau: Condition = { type: "plateau", series: "loss", goal: "lower", by: 0, steps: 3 };
    expect(replay(plateau, [points([3, 2, 2, 2, 2])]).map(({ by }) => by)).toEqual([4]);
  });
});

test("a star in a series' name stands for anything", () => {
  expect(fitsSeries("*loss*", "train/loss_a")).toBe(true);
  expect(fitsSeries("a*a", "a")).toBe(false);
  expect(fitsSeries("train/*", "val/loss")).toBe(false);
});
