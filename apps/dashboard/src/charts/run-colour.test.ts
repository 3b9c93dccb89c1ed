import { expect, test } from "vitest";
import { runColour } from "./run-colour";

/** Lightness beside the theme's, and the place on the circle of hues, as an a and b of OKLab would stand. */
function place(number: number): [number, number, number] {
  const [, lighter, hue] = /\+ (-?[\d.]+)\).* ([\d.]+)\)$/.exec(runColour(number)) ?? [];
  const turn = (Number(hue) * Math.PI) / 180;
  return [Number(lighter), 0.14 * Math.cos(turn), 0.14 * Math.sin(turn)];
}

const distance = (one: number, other: number): number => {
  const [a, b] = [place(one), place(other)];
  return Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)));
};

test("of fifty runs one after the other no two have the same colour, and of ten none are alike", () => {
  for (let first = 1; first <= 200; first++) {
    for (let apart = 1; apart < 50; apart++) {
      expect(distance(first, first + apart), `${first} and ${first + apart}`).toBeGreaterThan(apart < 10 ? 0.05 : 0.02);
    }
  }
});
