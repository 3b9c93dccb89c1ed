import fc from "fast-check";
import { expect, test } from "vitest";
import type { z } from "zod";
import * as access from "./access";
import { decodeFrame, encodeFrame } from "./frame";
import * as http from "./http";
import { recordSchema } from "./records";
import { alertsQuerySchema, ruleCreateSchema } from "./rules";
import { openWriterSchema } from "./run";
import { storable, storableJson } from "./text";
import { SAMPLE_FRAMES, SAMPLE_OPEN } from "./vectors.test-util";

const odd = "a\0b\ud800c";
const mended = "a\u2400b\ufffdc";
const isStorable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

test("any text becomes one that can be stored, and one that can be stays as it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom("\0", "\ud800", "\udc00", "x")),
      (text, parts) => {
        expect(isStorable(storable(text + parts.join("")))).toBe(true);
        const whole = storable(text);
        expect(storable(whole)).toBe(whole);
      },
    ),
  );
});

/** The same value with `odd` behind every text in it that is not a word of the protocol. */
function spoil(value: unknown, words: ReadonlySet<string>): unknown {
  if (typeof value === "string") return words.has(value) ? value : `${value}${odd}`;
  if (Array.isArray(value)) return value.map((part) => spoil(part, words));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spoil(part, words)]));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsOf(part)]);
}

test("no text of any record, of any name or of a writer's first words gets past the schema unstorable", () => {
  const words = new Set([
    ...["config", "tags", "console", "checkpoint", "alert", "dropped", "feature", "reading", "finish"],
    ...["stdout", "warning", "info", "ring_full", "refused", "swap", "few_examples", "crashed", "create", "NaN"],
    ...[SAMPLE_OPEN.run, SAMPLE_OPEN.writer, SAMPLE_OPEN.known?.epoch ?? ""],
  ]);
  for (const record of SAMPLE_FRAMES.records?.records ?? []) {
    const parsed = recordSchema.parse(spoil(record, words));
    expect(textsOf(parsed).filter((text) => !isStorable(text))).toEqual([]);
  }
  const withKeys = recordSchema.parse({ type: "config", timeMs: 1, config: { [odd]: { [odd]: [odd] } } });
  expect(withKeys).toEqual({ type: "config", timeMs: 1, config: { [mended]: { [mended]: [mended] } } });
  const metrics = recordSchema.parse({ type: "checkpoint", timeMs: 1, step: 1, metrics: { [odd]: 1 } });
  expect(metrics).toMatchObject({ metrics: { [mended]: 1 } });
  expect(textsOf(openWriterSchema.parse(spoil(SAMPLE_OPEN, words))).filter((text) => !isStorable(text))).toEqual([]);
});

test("series' names in a frame are read as they can be stored", () => {
  const column = Float64Array.of(1);
  const group = { names: ["a\0b"], steps: column, timesMs: column, values: [column] };
  expect(
    decodeFrame(encodeFrame({ sequence: 0, sealedAtMs: 0, groups: [group], records: [] })).groups[0]?.names,
  ).toEqual(["a\u2400b"]);
});

test("no text of a query or of a body that the API takes gets past the schema unstorable", () => {
  const taken: [z.ZodType, unknown][] = [
    [http.runListQuerySchema, { project: odd, filter: odd, sort: `series:${odd}`, cursor: odd }],
    [http.pointsQuerySchema, { series: odd, cursor: odd }],
    [http.runPatchSchema, { name: odd, tags: [odd], notes: odd, config: { [odd]: odd } }],
    [access.keyCreateSchema, { name: odd }],
    [
      access.invitationAcceptSchema,
      { token: `${"x".repeat(20)}${odd}`, account: { name: odd, email: "a@b.example", password: "12345678" } },
    ],
    [
      ruleCreateSchema,
      {
        name: odd,
        project: null,
        condition: { type: "nan", series: odd },
        level: "info",
        channels: [],
        cooldownMs: 0,
        enabled: true,
      },
    ],
    [alertsQuerySchema, {}],
  ];
  for (const [schema, input] of taken) {
    expect(textsOf(schema.parse(input)).filter((text) => !isStorable(text))).toEqual([]);
  }
  expect(storableJson([odd, 1, null])).toEqual([mended, 1, null]);
});
