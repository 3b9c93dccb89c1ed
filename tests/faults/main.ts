import { parseArgs } from "node:util";
import { runSchedules } from "./run-schedules";
import { describeSchedule, planSchedule, type Schedule } from "./schedule";

/*
 * `npm run faults`: schedules of faults against real processes, a line each, and what they did in all.
 *   --seeds 200    so many seeds, from --from (1) on
 *   --seed 17      one; its actions are printed
 *   --keep 0,3     with --seed: only these of its actions, to make a failure smaller
 *   --worlds 2     so many at once
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    keep: { type: "string" },
    worlds: { type: "string", default: "2" },
  },
});

function keepOnly(schedule: Schedule, keep: string | undefined): Schedule {
  if (keep === undefined) return schedule;
  const kept = new Set(keep.split(",").map(Number));
  const actions = schedule.actions.filter((_, index) => kept.has(index));
  // One that is not killed any more need not go on for long.
  const trainers = schedule.trainers.map((plan) => ({ ...plan, points: Math.min(plan.points, 1500) }));
  return { ...schedule, trainers, actions };
}

const from = Number(values.from);
const schedules =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, index) => planSchedule(from + index))
    : [keepOnly(planSchedule(Number(values.seed)), values.keep)];
if (values.seed !== undefined) process.stdout.write(`${schedules.map(describeSchedule).join("\n")}\n`);

const summary = await runSchedules(schedules, {
  worlds: Math.min(Number(values.worlds), schedules.length),
  tell: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`\n${summary.lines.join("\n")}\n`);
process.exit(summary.failed.length > 0 ? 1 : 0);
