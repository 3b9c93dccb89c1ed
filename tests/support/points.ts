import { readRawPoints } from "@tailbone/client/raw-points";
import type { Stack } from "./stack";

/** Every stored point of one series of a run, in the order of its steps. */
export async function readPoints(
  { hub }: Stack,
  run: string,
  series: string,
): Promise<{ steps: number[]; values: number[] }> {
  const steps: number[] = [];
  const values: number[] = [];
  for await (const page of readRawPoints(hub, run, series)) {
    steps.push(...page.steps);
    values.push(...page.values);
  }
  return { steps, values };
}
