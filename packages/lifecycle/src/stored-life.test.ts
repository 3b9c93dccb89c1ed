import { lifecycleEventSchema } from "@tailbone/protocol/lifecycle";
import { describe, expect, test } from "vitest";
import { readingOf } from "./reading.test-util";
import { type RunLife, reduceReading } from "./run-life";
import { type FeatureLife1, upgradeLife } from "./stored-life";

const share = (value: number) => ({ value, low: value - 0.01, high: value + 0.01, n: 1000, control: 0, unit: "share" });

/** As it lay in a database before lives had versions. */
const OLD: FeatureLife1 = {
  settings: {
    encodedOn: 0.1,
    encodedOff: 0.05,
    benefitOn: 0.05,
    usedOff: 0.02,
    benefitOff: 0.05,
    confirmations: 2,
    alpha: 0.001,
  },
  state: "functional",
  since: { after: 0, by: 10 },
  isEncoded: true,
  isUsed: true,
  hasEncoded: true,
  hasUse: true,
  encodedTest: { logR: null, streak: 0, after: 10, by: null },
  useTest: { logR: 5, streak: 1, after: 80, by: 90 },
  firstStep: 0,
  lastStep: 90,
  counted: 10,
  passedOver: 0,
  idle: { since: 90, count: 1, logE: 5 },
  recent: [40, 50, 60, 70, 80, 90].map((step) => ({
    step,
    encoded: share(0.5),
    used: share(0.2),
    benefit: share(0.3),
  })),
};

describe("a life that an older version has stored", () => {
  test("goes on where it was, with nothing made up of what was not kept", () => {
    const life = upgradeLife(JSON.parse(JSON.stringify(OLD)), "hidden");
    expect(life).toMatchObject({ version: 2, state: "functional", layer: "hidden", doubt: null, idle: null });
    expect(life.useCover).toEqual({ first: 0, last: 90, gaps: [[0, 40]] });
    expect(life.useTest).toEqual({ logR: null, streak: 0, after: 80, by: null });
  });

  test("comes to its end as any other, once enough of it was seen", () => {
    let life: RunLife = { features: [["patch", upgradeLife(OLD, "hidden")]] };
    const told: string[] = [];
    for (let step = 100; step <= 400; step += 10) {
      const next = reduceReading(life, readingOf(step, { encoded: 0.5, used: 0, benefit: 0 }));
      told.push(...next.events.map(({ to, doubt }) => doubt ?? to));
      life = next.life;
    }
    expect(told).toEqual(["coverage", "vestigial"]);
  });
});

test("an event that an older version has stored is read, and says no more than it did", () => {
  const event = lifecycleEventSchema.parse({
    feature: "patch",
    from: "latent",
    to: "functional",
    after: 1,
    by: 2,
    decidedAt: 3,
    test: "Shiryaev-Roberts e-detector",
    alpha: 0.001,
    eValue: 2000,
    readings: [{ step: 3, encoded: null, used: null, benefit: share(0.3) }],
    sentence: "patch emerged.",
    claim: { time: "developmental", ground: "causal" },
  });
  expect(event).toMatchObject({ doubt: null, evidence: "", claim: { means: null, layer: null } });
  expect(event.readings[0]?.learnt).toBeNull();
});
