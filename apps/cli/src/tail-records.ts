import { callHub, type HubAddress } from "@tailbone/client/call-hub";
import type { LiveFrame } from "@tailbone/client/stream";
import { TailboneError } from "@tailbone/protocol/errors";
import { checkpointListSchema, consoleListSchema, featureListSchema } from "@tailbone/protocol/http";
import type { Json } from "@tailbone/protocol/json";
import type { RunRecord } from "@tailbone/protocol/records";
import { alertListSchema } from "@tailbone/protocol/rules";
import { type RunDetail, runDetailSchema } from "@tailbone/protocol/run";

const CONSOLE_PAGE = 5000;
const ALERTS_PAGE = 500;

/**
 * Which records of a run were printed, so that after a gap in the stream those that are missing can be read over HTTP:
 * each once. Lines of the console are counted, since their order is kept; of checkpoints, readings and the script's
 * alerts it is known which there were; of config and tags, what they were: one change stands for all that were missed.
 */
export class TailRecords {
  readonly #hub: HubAddress;
  readonly #run: string;
  readonly #print: (record: RunRecord) => void;
  readonly #known = new Set<string>();
  /** Of the lines behind the one with this id, so many are known; null: nothing was read yet. */
  #lastLine: number | null = null;
  #lines = 0;
  /** Frames below this one are included in the lines. */
  #offset = 0;
  /** Null: nothing was read yet. */
  #head: Head | null = null;
  /** Frames below this one are included in it. */
  #headOffset = 0;

  constructor(hub: HubAddress, run: string, print: (record: RunRecord) => void) {
    this.#hub = hub;
    this.#run = run;
    this.#print = print;
  }

  /** Prints what is new in the run's frame at this offset. */
  take({ records }: LiveFrame, offset: number): void {
    for (const record of records) {
      if (record.type === "console") {
        if (offset < this.#offset) continue;
        this.#lines++;
      } else if (record.type === "config" || record.type === "tags") {
        if (this.#head === null || offset < this.#headOffset) continue;
        this.#head = changeHead(this.#head, record);
      } else if (!this.#learn(record)) continue;
      this.#print(record);
    }
  }

  /**
   * Prints what is stored and was never printed; the first time, only looks what there is. Returns from which frame on
   * the stream goes on.
   */
  async catchUp(signal: AbortSignal): Promise<{ offset: number; read: number }> {
    const isFirst = this.#lastLine === null;
    const changes = await this.#readHead(signal);
    const lines = await this.#readLines(signal);
    const others = (await this.#readRecords(signal)).filter((record) => this.#learn(record));
    const fresh = isFirst ? [] : [...changes, ...lines, ...others];
    for (const record of fresh) this.#print(record);
    return { offset: this.#offset, read: fresh.length };
  }

  async #readHead(signal: AbortSignal): Promise<RunRecord[]> {
    const newest = await callHub(this.#hub, runDetailSchema, `/runs/${this.#run}`, { signal });
    const changes = this.#head === null ? [] : changesOf(this.#head, newest, newest.seenAtMs);
    this.#head = newest;
    this.#headOffset = newest.offset;
    return changes;
  }

  async #readLines(signal: AbortSignal): Promise<RunRecord[]> {
    const known = this.#lastLine;
    const path = `/runs/${this.#run}/console`;
    const limit = known === null ? 1 : CONSOLE_PAGE;
    const newest = await callHub(this.#hub, consoleListSchema, path, { query: { limit }, signal });
    let { lines, more } = newest;
    for (let [first] = lines; known !== null && more && first !== undefined && first.id > known; [first] = lines) {
      const query = { before: first.id, limit };
      const older = await callHub(this.#hub, consoleListSchema, path, { query, signal });
      lines = [...older.lines, ...lines];
      more = older.more;
    }
    const fresh = lines.filter(({ id }) => known !== null && id > known).slice(this.#lines);
    this.#lastLine = lines.at(-1)?.id ?? 0;
    this.#lines = 0;
    this.#offset = newest.offset;
    return fresh.map(({ id: _id, ...line }) => ({ type: "console", ...line }));
  }

  async #readRecords(signal: AbortSignal): Promise<RunRecord[]> {
    const path = `/runs/${this.#run}`;
    const { checkpoints } = await callHub(this.#hub, checkpointListSchema, `${path}/checkpoints`, { signal });
    const { features } = await callHub(this.#hub, featureListSchema, `${path}/features`, { signal });
    const query = { run: this.#run, which: "all", limit: ALERTS_PAGE };
    const { alerts } = await callHub(this.#hub, alertListSchema, "/alerts", { query, signal }).catch(
      (error: unknown) => {
        // A key for one project does not see them.
        if (error instanceof TailboneError && error.code === "forbidden") return { alerts: [] };
        throw error;
      },
    );
    return [
      ...checkpoints.map((checkpoint): RunRecord => ({ type: "checkpoint", ...checkpoint })),
      ...features.flatMap(({ name, readings }) =>
        readings.map((reading): RunRecord => ({ type: "reading", feature: name, ...reading })),
      ),
      ...alerts
        .toReversed()
        .flatMap(({ kind, ruleId, timeMs, step, title, text, level }): RunRecord[] =>
          kind === "script" && ruleId === null
            ? [{ type: "alert", timeMs, title, text, level, ...(step === null ? {} : { step }) }]
            : [],
        ),
    ];
  }

  /** False: it is known already. What has no list is always new: it comes once, by the stream. */
  #learn(record: RunRecord): boolean {
    const key = keyOf(record);
    if (key === null) return true;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    return true;
  }
}

/** What of a run's head its script may change. */
type Head = Pick<RunDetail, "config" | "tags">;
type HeadRecord = Extract<RunRecord, { type: "config" | "tags" }>;

function changeHead({ config, tags }: Head, record: HeadRecord): Head {
  if (record.type === "config") return { config: { ...config, ...record.config }, tags };
  return { config, tags: [...new Set([...tags, ...record.add])].filter((tag) => !record.remove.includes(tag)) };
}

/** What has become of a head, as its script would have said it at once. */
function changesOf(before: Head, after: Head, timeMs: number): HeadRecord[] {
  const isNew = ([key, value]: [string, Json]): boolean => JSON.stringify(before.config[key]) !== JSON.stringify(value);
  const config = Object.fromEntries(Object.entries(after.config).filter(isNew));
  const add = after.tags.filter((tag) => !before.tags.includes(tag));
  const remove = before.tags.filter((tag) => !after.tags.includes(tag));
  return [
    ...(Object.keys(config).length === 0 ? [] : [{ type: "config", timeMs, config } as const]),
    ...(add.length + remove.length === 0 ? [] : [{ type: "tags", timeMs, add, remove } as const]),
  ];
}

function keyOf(record: RunRecord): string | null {
  switch (record.type) {
    case "checkpoint":
      return `checkpoint ${record.timeMs} ${record.step}`;
    case "reading":
      return `reading ${record.timeMs} ${record.step} ${record.feature}`;
    case "alert":
      return `alert ${record.timeMs} ${record.title}`;
    default:
      return null;
  }
}
