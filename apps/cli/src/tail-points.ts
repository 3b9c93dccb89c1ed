import { callHub, type HubAddress } from "@tailbone/client/call-hub";
import { type RawPage, readRawPoints } from "@tailbone/client/raw-points";
import type { LiveFrame } from "@tailbone/client/stream";
import type { Group } from "@tailbone/protocol/frame";
import { seriesListSchema } from "@tailbone/protocol/http";
import { runDetailSchema } from "@tailbone/protocol/run";

interface Point {
  readonly step: number;
  readonly value: number;
}

/** How far the points of one leg of one series are known: a writer's times never fall. */
interface KnownLeg {
  /** Frames below this one are included. */
  offset: number;
  timeMs: number;
  /** The points at that very time; null: all that there are. */
  latest: Point[] | null;
}

interface KnownSeries {
  /** For legs of which nothing was heard yet. */
  offset: number;
  timeMs: number;
  /** Points of all legs, those before the tail began among them. */
  count: number;
  readonly legs: Map<number, KnownLeg>;
}

/**
 * Which points of a run were printed, so that after a gap in the stream those that are missing can be read over HTTP:
 * each once. Of a series it keeps how many points there are, and for each leg the newest time.
 */
export class TailPoints {
  readonly #hub: HubAddress;
  readonly #run: string;
  readonly #print: (groups: readonly Group[]) => void;
  readonly #series = new Map<string, KnownSeries>();
  /** Of a series that is not known yet, the frames from here on are new. */
  #offset = 0;
  #hasBegun = false;

  constructor(hub: HubAddress, run: string, print: (groups: readonly Group[]) => void) {
    this.#hub = hub;
    this.#run = run;
    this.#print = print;
  }

  /** Prints what is new in the run's frame at this offset. */
  take({ leg, groups }: LiveFrame, offset: number): void {
    const printed = groups.flatMap(({ names, steps, timesMs, values }): Group[] => {
      const fresh = names.flatMap((name, index) => {
        const series = this.#known(name);
        const own = legOf(series, leg);
        const column = values[index];
        if (column === undefined || offset < own.offset) return [];
        series.count += steps.length;
        for (const [row, step] of steps.entries()) advance(own, timesMs[row] ?? 0, step, column[row] ?? 0);
        return [{ name, column }];
      });
      if (fresh.length === 0) return [];
      return [{ names: fresh.map(({ name }) => name), steps, timesMs, values: fresh.map(({ column }) => column) }];
    });
    if (printed.length > 0) this.#print(printed);
  }

  /**
   * Prints what is stored and was never printed; the first time, only looks how much there is. Returns from which frame
   * on the stream goes on, and how many points could not be told from those that are known, because a clock was set
   * back.
   */
  async catchUp(signal: AbortSignal): Promise<{ offset: number; read: number; lost: number }> {
    const path = `/runs/${this.#run}`;
    const { offset, series } = await callHub(this.#hub, seriesListSchema, `${path}/series`, { signal });
    // Read after the list, so that it has each leg that has points there.
    const { writers } = this.#hasBegun ? await callHub(this.#hub, runDetailSchema, path, { signal }) : { writers: [] };
    let [read, lost] = [0, 0];
    for (const { name, points, abandoned, toTimeMs } of series) {
      const known = this.#known(name);
      const stored = points + abandoned;
      if (this.#hasBegun && stored > known.count) {
        const before = known.count;
        for (const { leg } of writers) await this.#readLeg(name, known, leg, signal);
        read += known.count - before;
        lost += Math.max(0, stored - known.count);
        known.count = Math.max(known.count, stored);
      } else {
        known.count = stored;
        for (const leg of known.legs.values()) leg.offset = offset;
      }
      known.offset = offset;
      if (!this.#hasBegun) known.timeMs = toTimeMs;
    }
    this.#offset = offset;
    this.#hasBegun = true;
    return { offset, read, lost };
  }

  async #readLeg(name: string, known: KnownSeries, leg: number, signal: AbortSignal): Promise<void> {
    const own = legOf(known, leg);
    const from = Number.isFinite(own.timeMs) ? { from: own.timeMs } : {};
    for await (const page of readRawPoints(this.#hub, this.#run, name, { axis: "time", leg, signal, ...from })) {
      const group = groupOf(page, own);
      own.offset = page.offset;
      known.count += group.steps.length;
      if (group.steps.length > 0) this.#print([group]);
    }
  }

  #known(name: string): KnownSeries {
    const known = this.#series.get(name) ?? {
      offset: this.#offset,
      timeMs: Number.NEGATIVE_INFINITY,
      count: 0,
      legs: new Map(),
    };
    this.#series.set(name, known);
    return known;
  }
}

function legOf({ legs, offset, timeMs }: KnownSeries, leg: number): KnownLeg {
  const known = legs.get(leg) ?? { offset, timeMs, latest: null };
  legs.set(leg, known);
  return known;
}

function advance(leg: KnownLeg, timeMs: number, step: number, value: number): void {
  if (timeMs < leg.timeMs) return;
  if (timeMs > leg.timeMs) leg.latest = [];
  leg.timeMs = timeMs;
  leg.latest?.push({ step, value });
}

/** JSON knows one zero only. */
const isSame = (a: Point, b: Point): boolean =>
  a.step === b.step && (a.value === b.value || (Number.isNaN(a.value) && Number.isNaN(b.value)));

/** The points of a page, in the order of their times, that go beyond what is known of a leg; they are known then. */
function groupOf({ series, steps, timesMs, values }: RawPage, leg: KnownLeg): Group {
  const knownUntilMs = leg.timeMs;
  const same = leg.latest === null ? null : [...leg.latest];
  const isKnown = (point: Point): boolean => {
    if (same === null) return true;
    const place = same.findIndex((one) => isSame(one, point));
    if (place >= 0) same.splice(place, 1);
    return place >= 0;
  };
  const fresh = steps.flatMap((step, index) => {
    const [timeMs, value] = [timesMs[index] ?? 0, values[index] ?? 0];
    if (timeMs === knownUntilMs && isKnown({ step, value })) return [];
    advance(leg, timeMs, step, value);
    return [{ step, timeMs, value }];
  });
  return {
    names: [series],
    steps: Float64Array.from(fresh, ({ step }) => step),
    timesMs: Float64Array.from(fresh, ({ timeMs }) => timeMs),
    values: [Float64Array.from(fresh, ({ value }) => value)],
  };
}
