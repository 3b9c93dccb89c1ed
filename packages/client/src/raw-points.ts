import { type RawPoints, rawPointsSchema } from "@tailbone/protocol/http";
import { fromWireNumber } from "@tailbone/protocol/json";
import { LIMITS } from "@tailbone/protocol/limits";
import { formatNameList } from "@tailbone/protocol/name-list";
import type { Unreadable } from "@tailbone/protocol/unreadable";
import { callHub, type HubAddress } from "./call-hub";

/** Raw points of one series; the columns have the same length. */
export interface RawPage {
  readonly series: string;
  /** How many of the run's committed frames it was read from. */
  readonly offset: number;
  readonly steps: readonly number[];
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  /** The leg of each point, and 1 where a later one has logged its step anew, else 0. */
  readonly legs: readonly number[];
  readonly abandoned: readonly number[];
  /** Stored chunks of the series that should be on this page, and cannot be read. */
  readonly unreadable: readonly Unreadable[];
}

export interface RawRequest {
  /** The order of the points, and what `from` counts in; default: steps. */
  readonly axis?: "step" | "time";
  readonly from?: number;
  /** Points of this leg alone. */
  readonly leg?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Every stored point of one series, in the order of its axis, page by page. Throws as `callHub` does. */
export async function* readRawPoints(
  hub: HubAddress,
  run: string,
  series: string,
  { signal, ...range }: RawRequest = {},
): AsyncGenerator<RawPage> {
  let cursor: string | null = null;
  do {
    const query = { series: formatNameList([series]), raw: 1, limit: LIMITS.rawPage, ...range, cursor };
    const page: RawPoints = await callHub(hub, rawPointsSchema, `/runs/${run}/points`, { query, signal });
    const { offset, steps, timesMs } = page;
    yield {
      series,
      offset,
      steps,
      timesMs,
      values: page.values.map(fromWireNumber),
      legs: page.legs ?? steps.map(() => 1),
      abandoned: page.abandoned ?? steps.map(() => 0),
      unreadable: page.unreadable,
    };
    cursor = page.cursor;
  } while (cursor !== null);
}
