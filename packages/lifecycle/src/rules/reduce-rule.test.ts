import type { Doubt, LifecycleEvent } from "@tailbone/protocol/lifecycle";
import type { FeatureState } from "@tailbone/protocol/reading";
import type { Condition } from "@tailbone/protocol/rules";
import { fitsSeries } from "@tailbone/protocol/series-pattern";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Firing, type Occurrence, reduceRule, subjectsOf } from "./reduce-rule";
import type { SubjectMemory } from "./rule-state";

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

  test("names the step at which a series ceased to be finite, and the last finite point, wherever its frames were cut", () => {
    const nan: Condition = { type: "nan", series: "loss" };
    const cut = { ...points([Number.NaN], 3), before: { step: 2, value: 2.5 } };
    for (const occurrences of [[points([4, 3, 2.5, Number.NaN])], [points([4, 3, 2.5]), cut]]) {
      expect(replay(nan, occurrences)).toMatchObject([
        {
          title: "loss is NaN at step 3",
          text: "At step 3 its value is NaN. The last finite one was 2.5, at step 2.",
          after: 2,
          by: 3,
        },
      ]);
    }
    const [infinite] = replay(nan, [points([Number.POSITIVE_INFINITY])]);
    expect(infinite).toMatchObject({ title: "loss is Infinity at step 0", after: null });
  });

  test("says afterwards what its cooldown has kept silent, at the alert before and in the next", () => {
    let memories: ReadonlyMap<string, SubjectMemory> = new Map();
    const see = (values: number[], first: number, nowMs: number) => {
      const rule = { condition: above, cooldownMs: 100 };
      const reduced = reduceRule(rule, (subject) => memories.get(subject), points(values, first), nowMs);
      memories = new Map([...memories, ...reduced.memories]);
      return reduced;
    };
    const [told] = see([2, 2, 0], 0, 0).firings;
    const silent = see([2, 2, 0, 2, 2, 0], 3, 50);
    expect(silent.firings).toEqual([]);
    expect([...silent.swallowed]).toEqual([[told?.key, { count: 2, from: 4, to: 7 }]]);
    expect(see([2, 2, 0], 9, 200).firings[0]?.text).toContain("fired 2 times, at steps 4 to 7.");
    expect(see([2, 2, 0], 12, 400).firings[0]?.text).not.toContain("cooldown");
  });

  test("forgets of a series what a leg that goes back over its steps has overwritten, and tells of the same step again", () => {
    const back = { ...points([2, 2], 1), leg: 2, isRewound: true };
    expect(replay(above, [points([0, 2, 2]), back]).map(({ key }) => key)).toEqual(["loss@2", "loss@2#2"]);
    const nan: Condition = { type: "nan", series: "loss" };
    const again = { ...points([Number.NaN], 1), leg: 2, isRewound: true };
    expect(replay(nan, [points([1, Number.NaN]), again]).map(({ key }) => key)).toEqual(["loss@1", "loss@1#2"]);
    const plateau: Condition = { type: "plateau", series: "loss", goal: "lower", by: 0, steps: 3 };
    const worse = { ...points([5, 5, 5, 5], 1), leg: 2, isRewound: true };
    expect(replay(plateau, [points([3, 2]), worse]).map(({ by }) => by)).toEqual([4]);
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

describe("a rule for a feature's end", () => {
  const event = (doubt: Doubt | null, from: FeatureState = "functional", to = from): LifecycleEvent => ({
    feature: "patch",
    from,
    to,
    doubt,
    after: 1000,
    by: 1500,
    decidedAt: 1500,
    test: "test",
    alpha: 0.001,
    eValue: 2000,
    readings: [],
    sentence: "It is so.",
    evidence: "It rests on this.",
    claim: { time: "developmental", ground: "causal", means: "leace", layer: "hidden" },
  });
  const told = (to: readonly FeatureState[], ...events: LifecycleEvent[]): string[] =>
    replay({ type: "lifecycle", feature: null, to: [...to] }, [{ type: "events", events }]).map(({ title }) => title);

  test("tells that erasures alone show no use, as undecided and with layer and method", () => {
    const undecided = ["patch is undecided: LEACE at hidden shows no use of it"];
    expect(told(["vestigial"], event("erasure"))).toEqual(undecided);
    expect(told(["spandrel"], event("erasure", "latent"))).toEqual(undecided);
    expect(told(["functional", "spandrel"], event("erasure"))).toEqual([]);
  });

  test("does not tell that too little was measured so far, nor that a state is settled again", () => {
    expect(told(["functional", "vestigial", "lost"], event("coverage"), event(null))).toEqual([]);
    expect(told(["functional"], event(null, "latent", "functional"))).toHaveLength(1);
  });
});
