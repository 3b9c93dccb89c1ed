import { benchAlerts } from "./alerts";
import { benchControls } from "./controls";
import { benchCoverage } from "./coverage";
import { benchDetection } from "./detection";
import { benchFairness } from "./fairness";
import { benchHoldup } from "./holdup";
import { benchIngest } from "./ingest";
import { benchLatency } from "./latency";
import { benchLog } from "./log";
import { benchProjects } from "./projects";
import { benchScroll } from "./scroll";
import { benchSeeds } from "./seeds";
import { benchViewers } from "./viewers";

const benches: Record<string, () => Promise<void>> = {
  log: benchLog,
  ingest: benchIngest,
  latency: benchLatency,
  scroll: benchScroll,
  projects: benchProjects,
  fairness: benchFairness,
  holdup: benchHoldup,
  detection: benchDetection,
  controls: benchControls,
  coverage: benchCoverage,
  alerts: benchAlerts,
  viewers: benchViewers,
  seeds: benchSeeds,
};

/** A quarter of an hour: run when it is named. */
const LONG = ["seeds"];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark is called ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}.\n`,
  );
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 ? !wanted.includes(name) : LONG.includes(name)) continue;
  process.stderr.write(`bench ${name} …\n`);
  await bench();
}
