import { join } from "node:path";
import { callHub } from "@tailbone/client/call-hub";
import { featureListSchema, runEventListSchema } from "@tailbone/protocol/http";
import { spawnNode } from "../support/processes";
import { openPlace, root, startStack } from "../support/stack";
import { report } from "./report";

const SEEDS = 10;

/**
 * The demo's training, seed after seed: when its patch emerges, when it turns vestigial, and how sure that was in the
 * end.
 */
export async function benchSeeds(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place, { dashboard: false });
  let lived = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const startedAtMs = Date.now();
    const script = join(root, "sdk/js/examples/digits.ts");
    const env = { ...place.env, TAILBONE_PRINT_RUN: "1" };
    const child = spawnNode(["--import", "tsx", script, "--seed", String(seed)], { env, cwd: root });
    const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
    await child.exited;
    const seconds = (Date.now() - startedAtMs) / 1000;
    const { events } = await callHub(stack.hub, runEventListSchema, `/runs/${run}/events`);
    const { features } = await callHub(stack.hub, featureListSchema, `/runs/${run}/features`);
    const when = (feature: string, to: string): string => {
      const found = events.find((event) => event.feature === feature && event.to === to);
      return found === undefined ? "never" : `${found.after}-${found.by}, decided at ${found.decidedAt}`;
    };
    const readings = features.find(({ name }) => name === "patch")?.readings ?? [];
    const last = readings.findLast(({ marks }) => !marks.includes("skipped"));
    if (when("patch", "functional") !== "never" && when("patch", "vestigial") !== "never") lived++;
    report({
      ...{ bench: "seeds", metric: "took_s", value: seconds, unit: "s", seed },
      patch_functional: when("patch", "functional"),
      patch_vestigial: when("patch", "vestigial"),
      ...{ encoded: last?.encoded?.value, used: last?.used?.value, benefit: last?.benefit?.value },
      shape_functional: when("shape", "functional"),
      skipped: readings.filter(({ marks }) => marks.includes("skipped")).length,
      readings: readings.length,
    });
  }
  report({ bench: "seeds", metric: "emerged_and_vestigial", value: lived, unit: `of ${SEEDS} seeds` });
  await stack.stop();
  await place.remove();
}
