import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { HubWorld, refusal } from "./hub-world.test-util";

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterAll(() => {
  vi.useRealTimers();
});

type Happening = fc.Command<object, HubWorld>;

/** Something that may happen when it can, and after which something leads on. */
function happening<T>(
  name: string,
  draws: fc.Arbitrary<T>,
  happen: (world: HubWorld, drawn: T) => void,
  can: (world: HubWorld) => boolean = () => true,
): fc.Arbitrary<Happening> {
  return draws.map((drawn) => ({
    check: () => true,
    run: (_, world) => {
      if (world.closed !== null || !can(world)) return;
      happen(world, drawn);
      world.leadsOn();
    },
    toString: () => `${name}(${JSON.stringify(drawn)})`,
  }));
}

const none = fc.constant(null);
const count = fc.integer({ min: 1, max: 80 });
const small = fc.nat(8);
/** What the hub says when it can do nothing for now; some of it says when to come back. */
const limited = fc
  .record({
    code: fc.constantFrom("rate_limited", "unavailable" as const),
    retryAfterMs: fc.option(fc.integer({ min: 1, max: 5000 })),
  })
  .map(({ code, retryAfterMs }) => refusal(code, retryAfterMs === null ? {} : { retryAfterMs }));
const forNow = fc.oneof(
  limited,
  fc.constantFrom("storage_full", "internal" as const).map((code) => refusal(code)),
);
const notNow = fc.oneof(limited, fc.constant(refusal("version_mismatch")));
const isAsked = ({ asked }: HubWorld): boolean => asked.length > 0;
const isUp = ({ wayIs }: HubWorld): boolean => wayIs === "up";
const connects = ({ wayIs }: HubWorld): boolean => wayIs === "connecting";

const happenings = [
  happening("seals", count, (world, frames) => world.seal(frames)),
  happening("lets go", none, (world) => world.letGo()),
  happening("connects", none, (world) => world.connects(), connects),
  happening("fails to connect", none, (world) => world.fails(), connects),
  happening("is refused a connection", notNow, (world, error) => world.refusesConnection(error), connects),
  happening("is cut off", fc.boolean(), (world, comesBack) => world.cut(comesBack), isUp),
  happening("serves", count, (world, asked) => {
    for (let served = 0; served < asked; served++) world.serve();
  }),
  happening("answers", fc.array(small, { maxLength: 40 }), (world, order) => {
    for (const which of order) if (world.answers.length > 0) world.answer(which);
  }),
  happening("loses", none, (world) => world.loseOldest(), isAsked),
  happening("does not answer", none, (world) => world.timesOut()),
  happening("refuses for now", forNow, (world, error) => world.serve(error), isAsked),
  happening(
    "refuses a frame",
    fc.constantFrom("frame_malformed", "too_large" as const),
    (world, code) => world.serve(refusal(code)),
    ({ isAskedToAppend }) => isAskedToAppend,
  ),
  happening("is poisoned by", small, (world, ahead) => world.poison.add(world.delivery.acked + ahead)),
  happening("is restored by", count, (world, frames) => world.restore(frames)),
  happening("has a full disk", fc.boolean(), (world, isFull) => {
    world.diskIsFull = isFull;
  }),
  happening("waits", fc.integer({ min: 1, max: 4000 }), (_, ms) => vi.advanceTimersByTime(ms)),
];
/** Comes more often: else no conversation gets far. */
const goesOn = happening("goes on", fc.integer({ min: 1, max: 150 }), (world, turns) => world.goesOn(turns));

/** Runs happenings in a world of its own, and lets it recover. */
function live(commands: Iterable<Happening>): HubWorld {
  const world = new HubWorld();
  try {
    fc.modelRun(() => ({ model: {}, real: world }), commands);
    world.recover();
    return world;
  } finally {
    world.delivery.stop();
  }
}

const any = fc.commands([...happenings, ...Array.from({ length: 6 }, () => goesOn)], {
  maxCommands: 150,
  size: "max",
});

test("whatever happens in whatever order, every invariant of a delivery holds, and all arrives once the hub is well", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(any, (commands) => {
      const world = live(commands);
      if (world.aside.size > 0) seen.add("set aside");
      if (world.committed.some(({ span = 1 }) => span > 1)) seen.add("bridged");
      if (world.end > 300) seen.add("far");
    }),
    { numRuns: 60 },
  );
  // What is hard to come by was come by.
  expect([...seen].sort()).toEqual(["bridged", "far", "set aside"]);
});

test("a hub that refuses the writer for good ends it, wherever it stands", () => {
  const codes = fc.constantFrom("gone", "forbidden", "unauthenticated" as const);
  fc.assert(
    fc.property(any, codes, (commands, code) => {
      const world = new HubWorld();
      fc.modelRun(() => ({ model: {}, real: world }), commands);
      world.verdict = refusal(code);
      world.goesOn(1000);
      expect(world.closed?.code).toBe(code);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 50 },
  );
});
