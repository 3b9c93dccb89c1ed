import fc from "fast-check";
import { expect, test } from "vitest";
import { oneLine, plain } from "./output";

const esc = "\u001b";
const attacks = [
  `${esc}[2J${esc}[H`,
  `${esc}]0;title\u0007`,
  `${esc}]8;;https://evil.example\u0007click${esc}]8;;\u0007`,
  `${esc}P+q544e${esc}\\`,
  `${esc}[6n`,
  `${esc}c`,
  "\u009b31m",
  "\u009d52;c;ZXZpbA==\u009c",
  "\b\b\bok",
  "\u202egnp.exe",
  "safe\rfaked",
  "\u0007",
];

test("nothing that others wrote commands the terminal, however it is put together", () => {
  const part = fc.oneof(fc.constantFrom(...attacks, esc, "[", "]", "\\"), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = plain(parts.join(""));
      expect(text.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      expect(oneLine(parts.join(""))).not.toMatch(/[\n\r]/);
    }),
  );
  expect(plain(`loss ${esc}[31m0.5${esc}[0m\n\tnext`)).toBe("loss 0.5\n\tnext");
});
