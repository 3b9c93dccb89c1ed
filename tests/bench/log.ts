import { spawnNode } from "../support/processes";
import { openPlace, type Place, startStack, trainer } from "../support/stack";
import { report } from "./report";

interface LogCost {
  median: number;
  p999: number;
  stringify: number;
}

async function measure(place: Place): Promise<LogCost> {
  const child = spawnNode([trainer("log-cost")], { env: place.env, cwd: place.folder });
  const line = await child.line((text) => text.startsWith('{"median"'));
  await child.exited;
  return JSON.parse(line);
}

function print(hub: "alive" | "dead", cost: LogCost): void {
  const baseline = "JSON.stringify of the same three scalars";
  report({
    bench: "log",
    metric: "median_ns",
    hub,
    value: cost.median,
    unit: "ns",
    baseline,
    ratio: cost.median / cost.stringify,
  });
  report({ bench: "log", metric: "p999_ns", hub, value: cost.p999, unit: "ns" });
}

/** What `run.log` of three scalars costs the training loop, with the hub alive and with the hub dead. */
export async function benchLog(): Promise<void> {
  const place = await openPlace();
  const stack = await startStack(place, { dashboard: false });
  print("alive", await measure(place));
  await stack.stop();
  print("dead", await measure(place));
  await place.remove();
}
