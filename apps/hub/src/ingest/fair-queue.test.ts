import fc from "fast-check";
import { expect, test } from "vitest";
import { FairQueue } from "./fair-queue";

interface Turn {
  team: string;
  run: string;
  cost: number;
}
const any = () => true;

/** Serves `turns` turns of runs that ask again as soon as they were served; what each team and run got. */
function serve(runs: readonly Turn[], turns: number): Map<string, number> {
  const queue = new FairQueue<Turn>();
  const got = new Map<string, number>();
  for (const one of runs) queue.push(one.team, one.run, one.cost, one);
  for (let turn = 0; turn < turns; turn++) {
    const served = queue.take(any) ?? expect.fail("nobody was served though all wait");
    for (const key of [served.team, `${served.team}/${served.run}`]) got.set(key, (got.get(key) ?? 0) + served.cost);
    queue.push(served.team, served.run, served.cost, served);
  }
  return got;
}

test("teams share alike, however many runs each has and however large their frames are", () => {
  const flood = Array.from({ length: 20 }, (_, index) => ({ team: "flood", run: String(index), cost: 4_000_000 }));
  const got = serve([...flood, { team: "honest", run: "one", cost: 1000 }], 20_000);
  // The flood is one large turn ahead at most.
  expect(got.get("honest")).toBeGreaterThan((got.get("flood") ?? 0) - 2 * 4_000_000);
});

test("within a bound of one turn, those that always wait are served alike: teams, and the runs of a team", () => {
  const cost = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(fc.array(fc.array(cost, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), (teams) => {
      const runs = teams.flatMap((costs, team) =>
        costs.map((one, run) => ({ team: String(team), run: String(run), cost: one })),
      );
      const got = serve(runs, 3000);
      const most = Math.max(...runs.map((one) => one.cost));
      const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
      expect(spread(teams.map((_, team) => got.get(String(team)) ?? 0))).toBeLessThanOrEqual(2 * most);
      for (const [team, costs] of teams.entries()) {
        const each = costs.map((_, run) => got.get(`${team}/${run}`) ?? 0);
        expect(spread(each)).toBeLessThanOrEqual(2 * most);
      }
    }),
  );
});

test("who was idle comes next, but has saved nothing up", () => {
  const queue = new FairQueue<string>();
  for (let turn = 0; turn < 100; turn++) {
    queue.push("a", "1", 10, "a");
    queue.take(any);
  }
  const order: (string | null)[] = [];
  queue.push("a", "1", 10, "a");
  queue.push("b", "1", 10, "b");
  for (let turn = 0; turn < 8; turn++) {
    const served = queue.take(any);
    order.push(served);
    queue.push(served ?? "", "1", 10, served ?? "");
  }
  expect(order[0]).toBe("b");
  expect(order.filter((one) => one === "b").length).toBeLessThanOrEqual(5);
});

test("what does not fit is passed over, and keeps its place", () => {
  const queue = new FairQueue<string>();
  queue.push("a", "1", 1, "large");
  queue.push("a", "2", 1, "small");
  expect(queue.take((item) => item === "small")).toBe("small");
  expect(queue.take((item) => item === "small")).toBeNull();
  expect(queue.take(any)).toBe("large");
  expect(queue.take(any)).toBeNull();
});
