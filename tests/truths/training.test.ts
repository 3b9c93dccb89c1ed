import { callHub } from "@tailbone/client/call-hub";
import { runEventListSchema } from "@tailbone/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnNode } from "../support/processes";
import { openPlace, type Place, type Stack, startStack, trainer } from "../support/stack";

/*
 * Real trainings through the SDK, of which is known what happens when: what the hub says of their features must be
 * that.
 */

/** A training takes half a minute, and more where other tests run beside it. */
const TRAINING_MS = 180_000;

let place: Place;
let stack: Stack;
beforeAll(async () => {
  place = await openPlace();
  stack = await startStack(place, { dashboard: false });
});
afterAll(async () => {
  await stack?.stop();
  await place?.remove();
});

interface Event {
  readonly feature: string;
  readonly from: string;
  readonly to: string;
  readonly after: number | null;
  readonly by: number;
  readonly doubt: string | null;
  readonly sentence: string;
}

/** Trains to the end; what happened to the run's features, and how many readings there are. */
async function train(name: string, ...args: string[]): Promise<{ events: Event[]; run: string }> {
  const child = spawnNode([trainer(name), ...args], { env: place.env, cwd: place.folder });
  const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
  expect(await child.exited, child.output()).toBe(0);
  const { events } = await callHub(stack.hub, runEventListSchema, `/runs/${run}/events`);
  return { events, run };
}

const pathOf = (events: readonly Event[], feature: string): string[] =>
  events.filter((event) => event.feature === feature).map(({ to }) => to);

/** What happened while the training went on: not what was so at the first reading already. */
const changes = (events: readonly Event[]): Event[] => events.filter(({ after }) => after !== null);
const find = (events: readonly Event[], feature: string, to: string): Event =>
  events.find((event) => event.feature === feature && event.to === to) ?? expect.fail(`${feature} never became ${to}`);

describe("a planted vestige: y = x0 for 500 steps, then y = x1 x2", () => {
  let events: Event[];
  beforeAll(async () => {
    ({ events } = await train("vestige", "switch"));
  }, TRAINING_MS);

  test("x0 serves from the start, and turns vestigial after the switch and not before", () => {
    expect(pathOf(events, "x0")).toEqual(["latent", "functional", "vestigial"]);
    expect(find(events, "x0", "functional").by).toBeLessThan(500);
    // The outputs depend on it a while longer than they gain by it: all of them are small just after the switch.
    expect(find(events, "x0", "vestigial").by).toBeGreaterThan(500);
  });

  test("x5 is encoded all along and never serves: a spandrel, which is known at the end", () => {
    expect(pathOf(events, "x5")).toEqual(["latent", "spandrel"]);
  });

  test("x1 and x2 emerge after the switch, each and together", () => {
    for (const feature of ["x1", "x2"]) expect(pathOf(events, feature)).toEqual(["latent", "functional"]);
    expect(pathOf(events, "x1 and x2")).toEqual(["functional"]);
    for (const feature of ["x1", "x2", "x1 and x2"]) {
      expect(find(events, feature, "functional").by).toBeGreaterThan(500);
    }
  });
});

test(
  "y = x1 x2, erased at the layer: what loses its linear trace there need not be out of use, so that no life ends",
  async () => {
    // Swapped, either costs all that has been learnt; their product lies elsewhere than their linear traces.
    const { events } = await train("vestige", "erased");
    const ends = events.filter(({ to }) => ["vestigial", "lost", "spandrel"].includes(to));
    expect(ends).toEqual([]);
    for (const feature of ["x1", "x2"]) {
      expect(events.findLast((event) => event.feature === feature)).toMatchObject({
        to: "latent",
        doubt: "erasure",
        sentence: `${feature} is undecided: LEACE at hidden shows no use of it.`,
      });
    }
  },
  TRAINING_MS,
);

test(
  "where nothing is learnt nothing happens: with a learning rate of 0, and on targets without rhyme or reason",
  async () => {
    const [still, shuffled] = await Promise.all([train("vestige", "still"), train("vestige", "shuffled")]);
    expect(changes(still.events)).toEqual([]);
    expect(changes(shuffled.events)).toEqual([]);
    // What a random layer shows of its inputs is said, as having been there before.
    for (const { events } of [still, shuffled])
      expect(new Set(events.map(({ to }) => to))).toEqual(new Set(["latent"]));
  },
  TRAINING_MS,
);

interface Modes {
  /** Output of a mode for an input of 1, and the variance of that input. */
  readonly strengths: readonly number[];
  readonly weights: readonly number[];
  readonly start: number;
  readonly lr: number;
  readonly steps: number;
  readonly every: number;
}

/**
 * The step at which each mode's benefit passes half of what it has in the end, by the theory: with both layers aligned
 * and balanced, a = w^2 with w growing by lr p w (s - a) a step, and swapping a mode loses 2 p s a of the sum of p a (2
 * s - a) that has been learnt, or of a twentieth of what there is to learn.
 */
function knownTimes({ strengths, weights, start, lr, steps }: Modes): number[] {
  const roots = strengths.map(() => Math.sqrt(start));
  const total = strengths.reduce((sum, s, k) => sum + (weights[k] ?? 0) * s ** 2, 0);
  const times = strengths.map(() => Number.NaN);
  for (let step = 0; step < steps; step++) {
    const parts = strengths.map((s, k) => {
      const a = (roots[k] ?? 0) ** 2;
      const p = weights[k] ?? 0;
      return { lost: 2 * p * s * a, learnt: p * a * (2 * s - a), end: (p * s ** 2) / total };
    });
    const learnt = parts.reduce((sum, part) => sum + part.learnt, 0);
    for (const [k, { lost, end }] of parts.entries()) {
      const isOn = learnt >= 0.05 * total && lost / Math.max(learnt, 0.05 * total) > end;
      if (isOn && Number.isNaN(times[k])) times[k] = step;
    }
    for (const [k, s] of strengths.entries()) {
      const w = roots[k] ?? 0;
      roots[k] = w + lr * (weights[k] ?? 0) * w * (s - w * w);
    }
  }
  return times;
}

/** Steps at which modes reach half of their strength, in closed form. */
const halfTimes = ({ strengths, weights, start, lr }: Modes): number[] =>
  strengths.map((s, k) => Math.log(s / start - 1) / (2 * s * lr * (weights[k] ?? 0)));

const powers = [1, 2, 3, 4, 5].map((k) => k ** -1.6);
const DEEP_LINEAR: Modes = {
  ...{ strengths: [4, 3, 2, 1], weights: [1, 1, 1, 1], start: 1e-3, lr: 0.01 },
  ...{ steps: 500, every: 10 },
};
const SKILLS: Modes = {
  strengths: powers.map(() => 5),
  weights: powers.map((power) => power / powers.reduce((a, b) => a + b, 0)),
  ...{ start: 0.01, lr: 0.05, steps: 400, every: 10 },
};

test.each([
  // Saxe et al. 2014; Nam et al. 2024.
  ["a deep linear network", DEEP_LINEAR, [103.7, 133.4, 190, 345.3]],
  ["multilinear skills", SKILLS, [21, 63.6, 121.6, 192.7, 275.3]],
] as const)(
  "the modes of %s emerge when the theory says",
  async (_, modes, halves) => {
    expect(halfTimes(modes).map((time) => Number(time.toFixed(1)))).toEqual(halves);
    const { events } = await train("modes", JSON.stringify(modes));
    for (const [k, time] of knownTimes(modes).entries()) {
      const { after, by } = find(events, `mode ${k + 1}`, "functional");
      expect([k + 1, after, time, by]).toSatisfy(() => (after ?? Number.NaN) <= time && time <= by);
      expect(pathOf(events, `mode ${k + 1}`)).toEqual(["latent", "functional"]);
    }
  },
  TRAINING_MS,
);
