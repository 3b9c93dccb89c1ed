import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { callHub } from "@tailbone/client/call-hub";
import { seriesListSchema } from "@tailbone/protocol/http";
import { runDetailSchema } from "@tailbone/protocol/run";
import { readPoints } from "../support/points";
import type { Child } from "../support/processes";
import { trainer as trainerScript } from "../support/stack";
import { judgeRun, type RunFacts, type TrainerFacts, type Verdict } from "./model";
import type { Act, Schedule, TrainerPlan } from "./schedule";
import { damageLeft, type Hit, readLeft } from "./spool-files";
import type { World } from "./world";

/** The verdict over all runs of a schedule. */
export interface Outcome extends Verdict {
  /** Actions of each kind that were carried out. */
  readonly done: ReadonlyMap<string, number>;
  /** What the processes have said, for whoever looks for the reason. */
  readonly output: string;
}

/** Steps of one trainer lie this far from those of the next. */
const STRIDE = 1_000_000;

/** A trainer that was started, and what is known of it. */
class Trainer {
  readonly child: Child;
  readonly run: string;
  readonly dir: string;
  readonly first: number;
  readonly plan: TrainerPlan;
  synced = 0;
  hit: Hit | null = null;
  /** What it had not on disk any more when the database was put back: steps below this one. */
  forgotten = 0;
  isKilled = false;

  constructor(plan: TrainerPlan, first: number, child: Child, run: string, dir: string) {
    this.plan = plan;
    this.first = first;
    this.child = child;
    this.run = run;
    this.dir = dir;
  }

  hasLogged(count: number): Promise<string> {
    return this.child.line((line) => line.startsWith('{"logged"') && Number(line.slice(10, -1)) >= count);
  }
}

const stepsBetween = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, count) => first + count);

/**
 * Carries out a schedule in a world, starts everything again, delivers what was left, and says what became of every
 * point.
 */
export class ScheduleRun {
  readonly #world: World;
  readonly #schedule: Schedule;
  readonly #trainers = new Map<number, Trainer>();
  readonly #done = new Map<string, number>();
  readonly #problems: string[] = [];
  /** Folders that are left, and that somebody has named. */
  readonly #named = new Set<string>();
  /** What each process has said; a trainer's by its number. */
  readonly #outputs: { readonly by: number | "sync"; readonly said: () => string }[] = [];

  constructor(world: World, schedule: Schedule) {
    this.#world = world;
    this.#schedule = schedule;
  }

  async run(): Promise<Outcome> {
    const { trainers, actions } = this.#schedule;
    this.#world.setClocksRight();
    await Promise.all(trainers.map(({ isFirst }, index) => (isFirst ? this.#startTrainer(index) : undefined)));
    for (const { trainer, logged, act } of actions) {
      await this.#trainers.get(trainer)?.hasLogged(logged);
      await this.#apply(act);
    }
    await this.#world.mend();
    await this.#endTrainers();
    await this.#syncAll();
    const verdicts: Verdict[] = [];
    for (const run of new Set([...this.#trainers.values()].map((trainer) => trainer.run))) {
      verdicts.push(judgeRun(await this.#readRun(run)));
    }
    for (const { run } of this.#trainers.values())
      rmSync(join(this.#world.spoolRoot, run), { recursive: true, force: true });
    const sum = (of: "logged" | "stored" | "missing" | "cutOff") =>
      verdicts.reduce((total, verdict) => total + verdict[of], 0);
    const problems = [
      ...this.#problems,
      ...this.#world.takeSurprises(),
      ...verdicts.flatMap((verdict) => verdict.problems),
    ];
    return {
      ...{ problems, logged: sum("logged"), stored: sum("stored"), missing: sum("missing"), cutOff: sum("cutOff") },
      ...{ done: this.#done, output: this.output() },
    };
  }

  output(): string {
    return this.#outputs.map(({ by, said }) => `--- ${by === "sync" ? by : `trainer ${by}`}:\n${said()}`).join("\n");
  }

  /** Kills what a schedule that failed has left running. */
  async abandon(): Promise<void> {
    for (const { child } of this.#trainers.values()) {
      child.process.kill("SIGCONT");
      await child.kill("SIGKILL");
    }
  }

  async #startTrainer(index: number): Promise<void> {
    const plan = this.#schedule.trainers[index];
    if (plan === undefined) throw new Error(`there is no trainer ${index}`);
    const before = [...this.#trainers.values()].findLast((one) => one.plan.run === plan.run);
    const first = index * STRIDE;
    const { points, width } = plan;
    const known = before === undefined ? {} : { id: before.run, resume: "allow" };
    const task = JSON.stringify({ first, points, width, ...known });
    const child = this.#world.spawnTrainer(`trainer-${index}`, [trainerScript("steps"), task]);
    this.#outputs.push({ by: index, said: () => child.output().replaceAll(/^\{"logged".*\n?/gm, "") });
    const { run }: { run: string } = JSON.parse(await child.line((line) => line.startsWith('{"run"')));
    const folder = join(this.#world.spoolRoot, run);
    const taken = new Set([...this.#trainers.values()].map(({ dir }) => dir));
    const dir = readdirSync(folder)
      .map((name) => join(folder, name))
      .find((one) => !taken.has(one));
    if (dir === undefined) throw new Error(`trainer ${index} has no spool in ${folder}`);
    this.#trainers.set(index, new Trainer(plan, first, child, run, dir));
  }

  #trainer(index: number): Trainer {
    const trainer = this.#trainers.get(index);
    if (trainer === undefined) throw new Error(`trainer ${index} was not started`);
    return trainer;
  }

  async #apply(act: Act): Promise<void> {
    const world = this.#world;
    if (act.kind.endsWith("disk") && !world.hasDisks) return;
    this.#done.set(act.kind, (this.#done.get(act.kind) ?? 0) + 1);
    switch (act.kind) {
      case "kill trainer":
        return this.#killTrainer(this.#trainer(act.trainer));
      case "start trainer":
        return this.#startTrainer(act.trainer);
      case "kill hub":
        return world.killHub();
      case "kill database":
        return world.killDatabase();
      case "start hub":
        return world.startHub();
      case "stop":
        return world.stop(act.target, ...(typeof act.target === "number" ? [this.#pidOf(act.target)] : []));
      case "continue":
        return world.continue(act.target);
      case "step clock":
        return world.stepClock(act.target === "hub" ? "hub" : `trainer-${act.target}`, act.ms);
      case "damage":
        return this.#damage(this.#trainer(act.trainer), act);
      case "fill disk":
        return world.fillDisk(act.disk);
      case "free disk":
        return world.freeDisk(act.disk);
      case "copy database":
        return world.copyDatabase();
      case "await trim":
        return this.#awaitTrim(this.#trainer(act.trainer));
      case "restore database":
        return world.restoreDatabase(() => this.#lookForForgotten());
      case "cut network":
        return world.proxy.after(act.direction, act.afterBytes, () => world.proxy.reset());
      case "close network":
        return world.proxy.shut();
      case "stall network":
        return world.proxy.stall();
      case "slow network":
        return world.proxy.slow(act.bytesPerSecond, act.delayMs);
      case "heal network":
        if (act.reset) world.proxy.reset();
        return world.proxy.heal();
    }
  }

  #pidOf(index: number): number {
    return this.#trainer(index).child.process.pid ?? 0;
  }

  async #awaitTrim({ dir }: Trainer): Promise<void> {
    while (existsSync(join(dir, "00000000.seg"))) await pause(20);
  }

  /** Of writers that live; what the dead had was delivered and is gone with the database, or is on disk. */
  #lookForForgotten(): void {
    for (const trainer of this.#trainers.values()) {
      if (trainer.isKilled) continue;
      const [first = trainer.first] = readLeft(trainer.dir).flatMap(({ steps }) => steps);
      trainer.forgotten = first;
    }
  }

  async #killTrainer(trainer: Trainer): Promise<void> {
    await trainer.child.kill("SIGKILL");
    trainer.isKilled = true;
    const steps = readLeft(trainer.dir).flatMap((frame) => frame.steps);
    trainer.synced = steps.reduce((synced, step) => Math.max(synced, step - trainer.first + 1), 0);
  }

  #damage(trainer: Trainer, { how, part }: Extract<Act, { kind: "damage" }>): void {
    trainer.hit = damageLeft(trainer.dir, how, part);
  }

  async #endTrainers(): Promise<void> {
    for (const [index, trainer] of this.#trainers) {
      if (trainer.isKilled) continue;
      await trainer.hasLogged(trainer.plan.points);
      trainer.child.process.kill("SIGUSR2");
      const code = await trainer.child.exited;
      if (code !== 0) this.#problems.push(`trainer ${index} ended with exit code ${code}`);
      trainer.synced = trainer.plan.points;
    }
  }

  /** As a person would: until there is nothing to deliver, or the same is left as before. */
  async #syncAll(): Promise<void> {
    const { killSyncAfterBytes } = this.#schedule;
    if (killSyncAfterBytes !== null) {
      const child = this.#world.sync();
      this.#world.proxy.after("up", killSyncAfterBytes, () => child.process.kill("SIGKILL"));
      if ((await child.exited) === null) this.#done.set("kill sync", 1);
      this.#outputs.push({ by: "sync", said: child.output });
      this.#world.proxy.forget();
    }
    for (let before: string | null = null; ; ) {
      const child = this.#world.sync();
      const code = await child.exited;
      const said = child.output();
      this.#outputs.push({ by: "sync", said: () => `${said}\n(exit code ${code})` });
      if (code === 0 || said === before) break;
      before = said;
    }
    for (const [index, { dir }] of this.#trainers) {
      if (!existsSync(dir)) continue;
      // Named by a sync, or by a later training that has delivered it; what its own has said of it does not count.
      const isNamed = this.#outputs.some(({ by, said }) => by !== index && said().includes(dir));
      // A sync that was killed may have set damage aside and not come to say so; the run says what is missing.
      const isSetAside = !readdirSync(dir).some((name) => name.endsWith(".seg") || name === "writer.json");
      if (isNamed) this.#named.add(dir);
      else if (isSetAside && this.#done.has("kill sync")) continue;
      else this.#problems.push(`${dir} is left, and nobody has said so`);
    }
  }

  async #readRun(run: string): Promise<RunFacts> {
    const trainers = [...this.#trainers.values()].filter((trainer) => trainer.run === run);
    const { stack } = this.#world;
    const width = Math.max(...trainers.map(({ plan }) => plan.width));
    const { series: known } = await callHub(stack.hub, seriesListSchema, `/runs/${run}/series`);
    const series: RunFacts["series"][number][] = [];
    for (let index = 0; index < width; index++) {
      const name = index === 0 ? "n" : `n${index}`;
      const isThere = known.some((one) => one.name === name);
      series.push(isThere ? await readPoints(stack, run, name) : { steps: [], values: [] });
    }
    const { droppedPoints } = await callHub(stack.hub, runDetailSchema, `/runs/${run}`);
    return { trainers: trainers.map((trainer) => this.#factsOf(trainer)), series, reported: droppedPoints };
  }

  #factsOf({ first, plan, synced, hit, dir, forgotten }: Trainer): TrainerFacts {
    const isKept = this.#named.has(dir) && hit !== null;
    return {
      ...{ first, width: plan.width, planned: plan.points, synced },
      excused: new Set([...(hit?.damaged ?? []), ...stepsBetween(first, forgotten)]),
      cutOff: new Set(hit?.cutOff),
      kept: new Set(isKept && hit.isNameless ? readLeft(dir).flatMap(({ steps }) => steps) : []),
    };
  }
}
