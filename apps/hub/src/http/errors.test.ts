import { expect, test } from "vitest";
import { errorResponse } from "./errors";

test("an error that says when to come back says so in its header too, in whole seconds and never too early", () => {
  const words = { message: "Not now.", hint: "Wait." };
  const after = (error: Parameters<typeof errorResponse>[0]) => errorResponse(error).headers.get("retry-after");
  expect(after({ code: "rate_limited", ...words, retryAfterMs: 1500 })).toBe("2");
  expect(after({ code: "rate_limited", ...words, retryAfterMs: 60_000 })).toBe("60");
  expect(after({ code: "unavailable", ...words })).toBe("2");
  expect(after({ code: "not_found", ...words })).toBeNull();
});
