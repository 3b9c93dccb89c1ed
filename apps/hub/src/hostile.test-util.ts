import fc from "fast-check";

/** Text that nobody sends by mistake: NUL, halves of surrogate pairs, controls, paths, SQL, very long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(
    "",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202e",
    "'; drop table run; --",
    "../../etc/passwd",
    "%00",
  ),
  fc.constantFrom(
    "NaN",
    "Infinity",
    "-1",
    "1e999",
    "9007199254740993",
    "__proto__",
    "constructor",
    "x".repeat(100_000),
  ),
);

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e308, -1e308, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
);

/** Arrays and objects, `depth` levels deep. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Any JSON value. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 3, arbitrary: hostileNumber },
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, [], {}, [null], JSON.parse('{"__proto__": {"a": 1}}')) },
  { weight: 1, arbitrary: fc.constantFrom(60, 500, 2000).map(nested) },
);

/** Now and then something hostile instead. */
export function orHostile<T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: hostileJson });
}
