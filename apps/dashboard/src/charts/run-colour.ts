/** A turn by the golden angle never comes back to where it was: of the hues of neighbours none are alike. */
const TURN = 180 * (3 - Math.sqrt(5));
const FIRST_HUE = 250;
const LEVELS = [0, 0.07, -0.06, 0.035, -0.03];

/**
 * The colour of a run wherever it is shown, by its number among the team's: the same on every page and for everybody,
 * and distinct from those of the runs made before and after it. How light and how strong, the theme says.
 */
export function runColour(number: number): string {
  const hue = (FIRST_HUE + TURN * (number - 1)) % 360;
  const lighter = LEVELS[number % LEVELS.length] ?? 0;
  return `oklch(calc(var(--run-lightness) + ${lighter}) var(--run-chroma) ${hue.toFixed(1)})`;
}
