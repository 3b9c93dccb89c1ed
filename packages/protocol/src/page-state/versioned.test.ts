import { describe, expect, test } from "vitest";
import { z } from "zod";
import { INITIAL_LAYOUT } from "./panels";
import { parsePageState, readPageState } from "./saved";
import { readVersioned, type Versioned } from "./versioned";

/** Version 1 had one name, version 2 a list of them, version 3 calls it otherwise. */
const names: Versioned<{ version: 3; called: string[] }> = {
  name: "names",
  schema: z.strictObject({ version: z.literal(3), called: z.array(z.string()) }),
  upgrades: [({ name }) => ({ names: [name] }), ({ names }) => ({ called: names })],
};

describe("what was stored", () => {
  test("by any version so far is read as the newest has it", () => {
    const wanted = { version: 3, called: ["a"] };
    expect(readVersioned(names, { version: 1, name: "a" })).toEqual(wanted);
    expect(readVersioned(names, { version: 2, names: ["a"] })).toEqual(wanted);
    expect(readVersioned(names, wanted)).toEqual(wanted);
  });

  test("and cannot be read is said, and why", () => {
    const unreadable = (stored: unknown, message: string) =>
      expect(() => readVersioned(names, stored)).toThrow(
        expect.objectContaining({ code: "version_mismatch", message: expect.stringContaining(message) }),
      );
    unreadable({ version: 4, called: [] }, "they are of version 4, and this hub knows 3");
    unreadable({ called: [] }, "do not say their version");
    unreadable(null, "do not say their version");
    unreadable({ version: 1, name: 7 }, "called.0");
  });
});

test("a page takes its own state and no other's, in the newest version", () => {
  expect(readPageState("run", INITIAL_LAYOUT)).toEqual(INITIAL_LAYOUT);
  expect(parsePageState("run", INITIAL_LAYOUT)).toEqual(INITIAL_LAYOUT);
  for (const bad of [
    {},
    { version: 1, facts: [], series: [] },
    { ...INITIAL_LAYOUT, more: 1 },
    { ...INITIAL_LAYOUT, version: 2 },
  ])
    expect(() => parsePageState("run", bad)).toThrow(expect.objectContaining({ code: "bad_request" }));
});
