import { expect, test } from "vitest";
import { fromWire, TailboneError, wireErrorSchema } from "./errors";

test("an error comes over the wire as it was, with what is expected and when to come back", () => {
  for (const options of [{}, { expected: 7 }, { retryAfterMs: 1500 }]) {
    const error = new TailboneError("rate_limited", "Too much at once.", "Wait.", options);
    const wire = wireErrorSchema.parse(JSON.parse(JSON.stringify(error.toWire())));
    expect(wire).toEqual({ code: "rate_limited", message: "Too much at once.", hint: "Wait.", ...options });
    expect(fromWire(wire)).toMatchObject({ ...options, code: "rate_limited" });
  }
});
