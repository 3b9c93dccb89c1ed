import { spawnNode } from "../support/processes";
import { openPlace, startStack, trainer } from "../support/stack";
import { quantile, report } from "./report";

/** How long measuring features holds the training thread up: at a checkpoint, and in all. */
export async function benchHoldup(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place, { dashboard: false });
  const child = spawnNode([trainer("holdup")], { env: place.env, cwd: place.folder });
  const line = await child.line((text) => text.startsWith('{"holdups"'));
  await child.exited;
  const figures: { holdups: number[]; copies: number[]; with: number; without: number } = JSON.parse(line);
  const copy = quantile(figures.copies, 0.5);
  for (const [metric, p] of [
    ["ms_per_checkpoint", 0.5],
    ["p90_ms_per_checkpoint", 0.9],
  ] as const) {
    const value = quantile(figures.holdups, p);
    report({
      bench: "holdup",
      metric,
      value,
      unit: "ms",
      baseline: "bare copy of the weights",
      baseline_ms: copy,
      ratio: value / copy,
    });
  }
  const slowdown = figures.with / figures.without;
  report({
    bench: "holdup",
    metric: "slowdown",
    value: slowdown,
    unit: "ratio",
    baseline: "the same training without features",
    ratio: slowdown,
  });
  await stack.stop();
  await place.remove();
}
