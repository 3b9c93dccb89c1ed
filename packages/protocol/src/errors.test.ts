import { expect, test, vi } from "vitest";
import { fromWire, TailboneError, wireErrorSchema } from "./errors";

test("an error comes over the wire as it was, with what is expected, when to come back and where it is", () => {
  for (const options of [{}, { expected: 7 }, { retryAfterMs: 1500 }, { place: { from: 3, to: 5 } }]) {
    const error = new TailboneError("rate_limited", "Too much at once.", "Wait.", options);
    const wire = wireErrorSchema.parse(JSON.parse(JSON.stringify(error.toWire())));
    expect(wire).toEqual({ code: "rate_limited", message: "Too much at once.", hint: "Wait.", ...options });
    expect(fromWire(wire)).toMatchObject({ ...options, code: "rate_limited" });
  }
});

test("an error of another bundle's class is known, and nothing else is taken for one", async () => {
  vi.resetModules();
  const other = await import("./errors");
  expect(other.TailboneError).not.toBe(TailboneError);
  expect(new other.TailboneError("gone", "It is gone.", "Look elsewhere.")).toBeInstanceOf(TailboneError);
  for (const value of [new Error("gone"), { code: "gone" }, null, undefined]) {
    expect(value instanceof TailboneError).toBe(false);
  }
});
