import type { Stack } from "./stack";

interface RawPage {
  steps: number[];
  values: (number | string)[];
  cursor: string | null;
}

/** Every stored point of one series of a run, in the order of its steps, through the paged API. */
export async function readPoints(
  stack: Stack,
  run: string,
  series: string,
): Promise<{ steps: number[]; values: (number | string)[] }> {
  const steps: number[] = [];
  const values: (number | string)[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ series, raw: "1", limit: "20000", ...(cursor === null ? {} : { cursor }) });
    const page: RawPage = await stack.json(`/api/v1/runs/${run}/points?${query}`);
    steps.push(...page.steps);
    values.push(...page.values);
    cursor = page.cursor;
  } while (cursor !== null);
  return { steps, values };
}
