import { describe, expect, test } from "vitest";
import { channelFormSchema, secretOf } from "./channel-draft";

const target = { type: "webhook", url: "https://example.com/hook", secret: "a secret of sixteen", to: "" };

describe("the form of a channel", () => {
  test("sends what belongs to its type, and no more", () => {
    expect(channelFormSchema.parse({ name: " hook ", target })).toEqual({
      name: "hook",
      target: { type: "webhook", url: target.url, secret: target.secret },
    });
    expect(channelFormSchema.parse({ name: "chat", target: { ...target, type: "slack" } }).target).toEqual({
      type: "slack",
      url: target.url,
    });
  });

  test("takes several addresses in one field", () => {
    const mail = { ...target, type: "email", to: "ana@example.com, bo@example.com" };
    expect(channelFormSchema.parse({ name: "mail", target: mail }).target).toEqual({
      type: "email",
      to: ["ana@example.com", "bo@example.com"],
    });
  });

  test("says what is wrong once, at its field", () => {
    const wrong = { ...target, type: "email", to: "ana, bo" };
    const { error } = channelFormSchema.safeParse({ name: "", target: wrong });
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual(["name", "target.to"]);
  });
});

test("a secret is written in hex", () => {
  expect(secretOf(new Uint8Array([0, 255, 16]))).toBe("00ff10");
});
