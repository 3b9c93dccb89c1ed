/** What waits for its turn: at most one thing of each run at a time. */
interface Waiting<Item> {
  readonly cost: number;
  readonly item: Item;
}

interface RunFlow<Item> {
  time: number;
  waiting: Waiting<Item> | null;
}

interface TeamFlow<Item> {
  time: number;
  /** The virtual time within the team: where the run that was served last began. */
  now: number;
  readonly runs: Map<string, RunFlow<Item>>;
}

/**
 * Shares turns fairly among teams, and each team's among its runs, by cost (start-time fair queueing: Goyal, Vin and
 * Cheng 1996). Each has a virtual time that its turns move on by what they cost, and who is furthest behind comes next;
 * who was idle begins where the others are, so it saves nothing up. However much one asks for, another waits for no
 * more than the turns under way.
 */
export class FairQueue<Item> {
  readonly #teams = new Map<string, TeamFlow<Item>>();
  #now = 0;

  push(team: string, run: string, cost: number, item: Item): void {
    const ofTeam = this.#teams.get(team) ?? { time: this.#now, now: 0, runs: new Map<string, RunFlow<Item>>() };
    this.#teams.set(team, ofTeam);
    const ofRun = ofTeam.runs.get(run) ?? { time: ofTeam.now, waiting: null };
    ofTeam.runs.set(run, ofRun);
    if (!hasWaiting(ofTeam)) ofTeam.time = Math.max(ofTeam.time, this.#now);
    ofRun.time = Math.max(ofRun.time, ofTeam.now);
    ofRun.waiting = { cost, item };
  }

  /** Takes out whose turn it is among those that `fits` lets through; null: nobody's. */
  take(fits: (item: Item) => boolean): Item | null {
    let next: { team: TeamFlow<Item>; run: RunFlow<Item>; waiting: Waiting<Item> } | null = null;
    for (const [name, team] of this.#teams) {
      if (next !== null && team.time >= next.team.time) continue;
      const first = firstOf(team, fits);
      if (first !== null) next = { team, ...first };
      else if (team.time <= this.#now && !hasWaiting(team)) this.#teams.delete(name);
    }
    if (next === null) return null;
    const { team, run, waiting } = next;
    this.#now = Math.max(this.#now, team.time);
    team.now = Math.max(team.now, run.time);
    team.time += waiting.cost;
    run.time += waiting.cost;
    run.waiting = null;
    return waiting.item;
  }
}

function hasWaiting<Item>({ runs }: TeamFlow<Item>): boolean {
  for (const { waiting } of runs.values()) if (waiting !== null) return true;
  return false;
}

function firstOf<Item>(
  team: TeamFlow<Item>,
  fits: (item: Item) => boolean,
): { run: RunFlow<Item>; waiting: Waiting<Item> } | null {
  let first: { run: RunFlow<Item>; waiting: Waiting<Item> } | null = null;
  for (const [name, run] of team.runs) {
    const { waiting } = run;
    if (waiting === null) {
      // It owes nothing that the others have not used up as well: it may begin anew.
      if (run.time <= team.now) team.runs.delete(name);
    } else if (fits(waiting.item) && (first === null || run.time < first.run.time)) first = { run, waiting };
  }
  return first;
}
