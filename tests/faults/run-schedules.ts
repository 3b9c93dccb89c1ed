import { type Outcome, ScheduleRun } from "./run-schedule";
import { describeSchedule, type Schedule } from "./schedule";
import { World } from "./world";

export interface Summary {
  readonly failed: readonly number[];
  readonly lines: readonly string[];
}

interface Options {
  /** How many worlds there are at once. */
  readonly worlds: number;
  readonly tell: (line: string) => void;
}

/** Longer than any schedule takes on a busy machine: what has not ended by then hangs. */
const LIMIT_MS = 90_000;
/** Then a world is made anew: its disks are small, and are to run full only when they are filled. */
const SCHEDULES_PER_WORLD = 25;
const POINTS_PER_WORLD = 800_000;

const count = (value: number): string => value.toLocaleString("en");

function describePoints({
  logged,
  stored,
  missing,
  cutOff,
}: Pick<Outcome, "logged" | "stored" | "missing" | "cutOff">): string {
  const rest = [
    ...(missing > 0 ? [`${count(missing)} missing and reported`] : []),
    ...(cutOff > 0 ? [`${count(cutOff)} cut off an end`] : []),
  ];
  return [`${count(logged)} promised`, `${count(stored)} stored once`, ...rest].join(", ");
}

/** Runs schedules, tells a line of each (of a failed one all that helps), and sums up. */
export async function runSchedules(schedules: readonly Schedule[], { worlds, tell }: Options): Promise<Summary> {
  const queue = [...schedules];
  const failed: number[] = [];
  const done = new Map<string, number>();
  const total = { logged: 0, stored: 0, missing: 0, cutOff: 0 };
  let hasDisks = true;

  async function work(): Promise<void> {
    let world: World | null = null;
    let used = { schedules: 0, points: 0 };
    for (let schedule = queue.shift(); schedule !== undefined; schedule = queue.shift()) {
      world ??= await World.open();
      hasDisks &&= world.hasDisks;
      const startedAtMs = performance.now();
      const outcome = await runOne(world, schedule);
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
      for (const [kind, times] of outcome.done) done.set(kind, (done.get(kind) ?? 0) + times);
      for (const name of ["logged", "stored", "missing", "cutOff"] as const) total[name] += outcome[name];
      tell(lineOf(schedule, outcome, seconds));
      if (outcome.problems.length > 0) failed.push(schedule.seed);
      used = { schedules: used.schedules + 1, points: used.points + outcome.logged };
      const isUsedUp = used.schedules >= SCHEDULES_PER_WORLD || used.points >= POINTS_PER_WORLD;
      if (isUsedUp || outcome.problems.length > 0) {
        await world.close();
        world = null;
        used = { schedules: 0, points: 0 };
      }
    }
    await world?.close();
  }
  await Promise.all(Array.from({ length: worlds }, work));

  const kinds = [...done].sort(([, a], [, b]) => b - a).map(([kind, times]) => `${times} x ${kind}`);
  return {
    failed,
    lines: [
      `${schedules.length} schedules, ${failed.length} failed${failed.length > 0 ? `: replay with --seed ${failed.join(", ")}` : ""}`,
      `faults: ${kinds.join(", ")}`,
      ...(hasDisks ? [] : ["full disks were left out: only root may mount one"]),
      `points: ${describePoints(total)}`,
    ],
  };
}

async function runOne(world: World, schedule: Schedule): Promise<Outcome> {
  const run = new ScheduleRun(world, schedule);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not ended after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([run.run(), limit]);
  } catch (error) {
    await run.abandon();
    const problems = [...world.takeSurprises(), String(error)];
    return { problems, logged: 0, stored: 0, missing: 0, cutOff: 0, done: new Map(), output: run.output() };
  } finally {
    clearTimeout(timer);
  }
}

function lineOf(schedule: Schedule, outcome: Outcome, seconds: string): string {
  const { problems, output } = outcome;
  const kinds = [...outcome.done].map(([kind, times]) => (times === 1 ? kind : `${kind} x ${times}`));
  const head = `seed ${schedule.seed}: ${problems.length === 0 ? "ok" : "FAILED"} (${seconds} s): ${describePoints(outcome)}; ${kinds.join(", ")}`;
  if (problems.length === 0) return head;
  return [head, ...problems.map((problem) => `  ! ${problem}`), describeSchedule(schedule), output].join("\n");
}
