import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Group, type Groupable, groupRuns } from "./group";

type Run = Groupable & { name: string };
const run = (name: string, config: Groupable["config"], tags: string[] = []): Run => ({ name, config, tags });
const names = (groups: readonly Group<Run>[]) => groups.map(({ value, runs }) => [value, runs.map(({ name }) => name)]);

describe("groups", () => {
  it("numbers are in their order, runs without the key are a group of their own, the last", () => {
    const runs = [
      run("a", { lr: 0.1 }),
      run("b", {}),
      run("c", { lr: 0.01 }),
      run("d", { lr: 0.1 }),
      run("e", { lr: null }),
    ];
    expect(names(groupRuns(runs, [{ config: "lr" }]))).toEqual([
      [0.01, ["c"]],
      [0.1, ["a", "d"]],
      [null, ["e"]],
      [undefined, ["b"]],
    ]);
  });

  it("a second key divides each group, a tag whether a run has it", () => {
    const runs = [run("a", { rho: 0.5 }, ["long"]), run("b", { rho: 0.5 }), run("c", { rho: 0.35 }, ["long"])];
    const groups = groupRuns(runs, [{ config: "rho" }, { tag: "long" }]);
    expect(groups.map(({ value, groups: inner }) => [value, names(inner)])).toEqual([
      [0.35, [[true, ["c"]]]],
      [
        0.5,
        [
          [false, ["b"]],
          [true, ["a"]],
        ],
      ],
    ]);
  });

  it("a dotted key leads through objects, unless the config has it as it is", () => {
    const runs = [run("a", { opt: { lr: 1 } }), run("b", { "opt.lr": 2 }), run("c", { opt: 3 })];
    expect(names(groupRuns(runs, [{ config: "opt.lr" }]))).toEqual([
      [1, ["a"]],
      [2, ["b"]],
      [undefined, ["c"]],
    ]);
  });

  it("the same object written in another order is the same value; 1 and '1' are not", () => {
    const runs = [
      run("a", { o: { x: 1, y: 2 } }),
      run("b", { o: { y: 2, x: 1 } }),
      run("c", { o: 1 }),
      run("d", { o: "1" }),
    ];
    expect(names(groupRuns(runs, [{ config: "o" }])).map(([, members]) => members)).toEqual([["c"], ["d"], ["a", "b"]]);
  });

  it("every run is in exactly one group, whatever the configs", () => {
    const config = fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    );
    fc.assert(
      fc.property(fc.array(config), (configs) => {
        const runs = configs.map((each, index) => run(String(index), each));
        const groups = groupRuns(runs, [{ config: "a" }, { config: "b" }]);
        const inner = groups.flatMap(({ groups: below }) => below.flatMap(({ runs: members }) => members));
        expect(groups.flatMap(({ runs: members }) => members)).toHaveLength(runs.length);
        expect(new Set(inner)).toEqual(new Set(runs));
        expect(inner).toHaveLength(runs.length);
      }),
    );
  });
});
