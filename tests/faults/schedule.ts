import { seededRandom } from "../support/random";

/*
 * A schedule says, from its seed alone, which trainers log how much and what befalls whom at which point of their
 * progress. Only the timing of the machine is not in it. `planSchedule` is pure; `describeSchedule` prints what `keep`
 * (by hand) makes smaller.
 */

/** One process that logs `points` steps of `width` series, from a step that no other trainer uses. */
export interface TrainerPlan {
  /** Trainers with the same number go on with one run, one after the other. */
  readonly run: number;
  readonly points: number;
  readonly width: number;
  /** False: an action starts it. */
  readonly isFirst: boolean;
}

export type Target = "hub" | "database" | number;

export type Act =
  | { readonly kind: "kill trainer"; readonly trainer: number }
  | { readonly kind: "start trainer"; readonly trainer: number }
  | { readonly kind: "kill hub" }
  | { readonly kind: "kill database" }
  | { readonly kind: "start hub" }
  | { readonly kind: "stop"; readonly target: Target }
  | { readonly kind: "continue"; readonly target: Target }
  | { readonly kind: "step clock"; readonly target: "hub" | number; readonly ms: number }
  /** `part` of the way through what the writer has left. */
  | { readonly kind: "damage"; readonly trainer: number; readonly how: Damage; readonly part: number }
  | { readonly kind: "fill disk"; readonly disk: Disk }
  | { readonly kind: "free disk"; readonly disk: Disk }
  /** Waits until the hub has so much of a trainer that the first segment of its spool is deleted. */
  | { readonly kind: "await trim"; readonly trainer: number }
  | { readonly kind: "copy database" }
  | { readonly kind: "restore database" }
  | { readonly kind: "cut network"; readonly afterBytes: number; readonly direction: "up" | "down" }
  | { readonly kind: "close network" }
  | { readonly kind: "stall network" }
  | { readonly kind: "slow network"; readonly bytesPerSecond: number; readonly delayMs: number }
  | { readonly kind: "heal network"; readonly reset: boolean };

const DAMAGES = ["flip a byte", "cut the last segment", "cut the first segment", "cut writer.json"] as const;
export type Damage = (typeof DAMAGES)[number];
export type Disk = "spool" | "database";

/** What happens once a trainer has logged so many steps. Actions happen in their order. */
interface Action {
  readonly trainer: number;
  readonly logged: number;
  readonly act: Act;
}

export interface Schedule {
  readonly seed: number;
  readonly trainers: readonly TrainerPlan[];
  readonly actions: readonly Action[];
  /** The first `tailbone sync` is killed after it has sent so many bytes; null: it is left alone. */
  readonly killSyncAfterBytes: number | null;
}

const HOUR_MS = 3_600_000;
const CLOCK_STEPS_MS = [-24 * HOUR_MS, -HOUR_MS, -60_000, -500, 500, 60_000, HOUR_MS, 24 * HOUR_MS];

/** Series of a trainer whose spool fills a segment (4 MiB) with so many steps. */
const WIDE = 200;
const SEGMENT_STEPS = Math.ceil((4 * 1024 * 1024) / (8 * (WIDE + 2)));

type EpisodeKind =
  | "kill trainer"
  | "kill hub"
  | "kill database"
  | "stop"
  | "clock"
  | "damage"
  | "disk"
  | "restore"
  | "deep restore"
  | "cut"
  | "network";

/** How often each kind is drawn, relative to the others. */
const WEIGHTS: Record<EpisodeKind, number> = {
  "kill trainer": 3,
  "kill hub": 3,
  "kill database": 2,
  stop: 2,
  clock: 3,
  damage: 4,
  disk: 2,
  restore: 2,
  "deep restore": 1,
  cut: 3,
  network: 3,
};

/** Draws trainers and actions while it keeps book of who is alive and how far each must have come. */
class Planner {
  readonly actions: Action[] = [];
  readonly #random: () => number;
  readonly #trainers: { run: number; width: number; isFirst: boolean; reached: number; isAlive: boolean }[] = [];
  #runs = 0;
  #restores = false;

  constructor(random: () => number) {
    this.#random = random;
    const first = this.between(1, 3);
    for (let count = 0; count < first; count++) this.#add(this.#runs++, true);
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T {
    const one = from[this.between(0, from.length - 1)];
    if (one === undefined) throw new Error("there is nothing to pick from");
    return one;
  }

  get trainers(): TrainerPlan[] {
    return this.#trainers.map(({ run, width, isFirst, reached, isAlive }) => {
      // A killed one is far from its end.
      const points = reached + (isAlive ? this.between(20, 200) : 100_000);
      return { run, width, isFirst, points };
    });
  }

  drawEpisode(): void {
    const kinds = Object.entries(WEIGHTS) as [EpisodeKind, number][];
    const kind = this.pick(kinds.flatMap(([each, weight]) => Array<EpisodeKind>(weight).fill(each)));
    this.#episodes[kind]();
  }

  readonly #episodes: Record<EpisodeKind, () => void> = {
    "kill trainer": () => {
      const trainer = this.pick(this.#alive());
      this.#kill(trainer);
      this.#succeed(trainer);
    },
    damage: () => {
      const how = this.pick<Damage>([...DAMAGES, "flip a byte"]);
      // Damage hurts most what is not delivered yet; a writer of several segments has sealed ones.
      const isAway = this.#random() < 0.7;
      const trainer = isAway && this.#random() < 0.15 ? this.#startWide() : this.pick(this.#alive());
      if (isAway) this.#later({ kind: "close network" }, trainer);
      this.#kill(trainer, this.#trainers[trainer]?.width === WIDE ? 2 * SEGMENT_STEPS : undefined);
      this.#now({ kind: "damage", trainer, how, part: this.#random() });
      if (isAway) this.#now({ kind: "heal network", reset: false });
      this.#succeed(trainer);
    },
    "kill hub": () => this.#interval({ kind: "kill hub" }, { kind: "start hub" }),
    "kill database": () => this.#interval({ kind: "kill database" }, { kind: "start hub" }),
    stop: () => {
      const alive = this.#alive();
      const target = this.pick<Target>(["hub", "database", ...(alive.length > 1 ? alive : [])]);
      this.#interval({ kind: "stop", target }, { kind: "continue", target }, target);
    },
    clock: () => {
      const target = this.pick<"hub" | number>(["hub", ...this.#alive()]);
      this.#later({ kind: "step clock", target, ms: this.pick(CLOCK_STEPS_MS) });
    },
    disk: () => {
      const disk = this.pick<Disk>(["spool", "database"]);
      this.#interval({ kind: "fill disk", disk }, { kind: "free disk", disk });
    },
    restore: () => {
      if (!this.#mayRestore()) return this.#episodes.cut();
      this.#interval({ kind: "copy database" }, { kind: "restore database" });
    },
    "deep restore": () => {
      if (this.#random() < 0.5 || !this.#mayRestore()) return this.#episodes.network();
      const trainer = this.#startWide();
      this.#later({ kind: "copy database" }, trainer);
      this.#later({ kind: "await trim", trainer }, trainer, SEGMENT_STEPS + this.between(200, 2000));
      this.#later({ kind: "restore database" }, trainer);
    },
    cut: () =>
      this.#later({ kind: "cut network", afterBytes: this.between(0, 6000), direction: this.pick(["up", "down"]) }),
    network: () => {
      const bytesPerSecond = this.pick([2_000, 10_000, 50_000]);
      const trouble = this.pick<Act>([
        { kind: "close network" },
        { kind: "stall network" },
        { kind: "slow network", bytesPerSecond, delayMs: this.pick([0, 20, 200]) },
      ]);
      this.#interval(trouble, { kind: "heal network", reset: this.#random() < 0.5 });
    },
  };

  #add(run: number, isFirst: boolean, width = this.pick([1, 1, 1, 3])): void {
    this.#trainers.push({ run, width, isFirst, reached: 0, isAlive: true });
  }

  /** Once; and of a writer that is dead by then, and delivered, nobody would have the points any more. */
  #mayRestore(): boolean {
    if (this.#restores || this.#trainers.some(({ isAlive }) => !isAlive)) return false;
    this.#restores = true;
    return true;
  }

  #alive(without: Target = "hub"): number[] {
    return this.#trainers.flatMap(({ isAlive }, index) => (isAlive && index !== without ? [index] : []));
  }

  /** Somebody goes on after a killed one: with its run, with one of its own, or (if others live) nobody. */
  #succeed(trainer: number): void {
    const dead = this.#trainers[trainer];
    const isLast = this.#alive().length === 0;
    if (dead === undefined || (!isLast && this.#random() < 0.4)) return;
    const act = { kind: "start trainer", trainer: this.#trainers.length } as const;
    const [pacer] = this.#alive();
    this.#add(this.#random() < 0.5 ? dead.run : this.#runs++, false);
    if (pacer === undefined) this.#now(act);
    else this.#later(act, pacer);
  }

  #startWide(): number {
    const trainer = this.#trainers.length;
    this.#later({ kind: "start trainer", trainer });
    this.#add(this.#runs++, false, WIDE);
    return trainer;
  }

  #kill(trainer: number, steps?: number): void {
    this.#later({ kind: "kill trainer", trainer }, trainer, steps);
    const killed = this.#trainers[trainer];
    if (killed !== undefined) killed.isAlive = false;
  }

  /** Something that begins, and ends once a trainer that it does not stop has gone on for a while. */
  #interval(begin: Act, end: Act, stopped: Target = "hub"): void {
    const pacer = this.pick(this.#alive(stopped));
    this.#later(begin, pacer);
    if (this.#random() < 0.25 && typeof stopped !== "number") this.#later(this.#blip(), pacer);
    this.#later(end, pacer);
  }

  /** What may happen in the middle of anything. */
  #blip(): Act {
    return {
      kind: "step clock",
      target: this.pick<"hub" | number>(["hub", ...this.#alive()]),
      ms: this.pick(CLOCK_STEPS_MS),
    };
  }

  #later(act: Act, pacer = this.pick(this.#alive()), steps = this.between(10, 150)): void {
    const trainer = this.#trainers[pacer];
    if (trainer === undefined) throw new Error(`there is no trainer ${pacer}`);
    trainer.reached += steps;
    this.actions.push({ trainer: pacer, logged: trainer.reached, act });
  }

  /** At once after the action before. */
  #now(act: Act): void {
    const last = this.actions.at(-1);
    if (last !== undefined) this.actions.push({ ...last, act });
  }
}

export function planSchedule(seed: number): Schedule {
  const random = seededRandom(seed);
  const planner = new Planner(random);
  const episodes = planner.between(2, 5);
  for (let count = 0; count < episodes; count++) planner.drawEpisode();
  const killSyncAfterBytes = random() < 0.3 ? planner.between(0, 5000) : null;
  return { seed, trainers: planner.trainers, actions: planner.actions, killSyncAfterBytes };
}

function describeAct(act: Act): string {
  const { kind, ...rest } = act;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return details.length === 0 ? kind : `${kind} (${details.join(", ")})`;
}

/** A line for each trainer and action. */
export function describeSchedule({ seed, trainers, actions, killSyncAfterBytes }: Schedule): string {
  return [
    `seed ${seed}`,
    ...trainers.map(
      ({ run, points, width, isFirst }, index) =>
        `  trainer ${index}: run ${run}, ${points} steps of ${width} series${isFirst ? "" : ", started later"}`,
    ),
    ...actions.map(
      ({ trainer, logged, act }, index) =>
        `  ${index}. when trainer ${trainer} has logged ${logged}: ${describeAct(act)}`,
    ),
    ...(killSyncAfterBytes === null ? [] : [`  the first sync is killed after ${killSyncAfterBytes} bytes`]),
  ].join("\n");
}
