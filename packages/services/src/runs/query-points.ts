import { queryBuckets } from "@tailbone/db/read/query-buckets";
import { queryRawPoints } from "@tailbone/db/read/query-raw-points";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Buckets, PointsQuery, RawPoints } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { parseNameList } from "@tailbone/protocol/name-list";
import { type Asked, type OfRun, verb } from "../verb";

/**
 * Summaries of series by bucket, or with `raw` every point of one series, paged. Throws `not_found` and `bad_request`.
 */
export const queryPoints = verb("queryPoints", async ({ ctx, input }: Asked<OfRun & PointsQuery>) => {
  const { series: list, raw, cursor, limit, buckets, leg, abandoned, ...range } = input;
  const series = parseNameList(list);
  const query = { ...range, team: ctx.team.id };
  if (series.length > LIMITS.querySeries) {
    throw new TailboneError(
      "bad_request",
      `series: ${series.length} series are asked for at once.`,
      `Ask for at most ${LIMITS.querySeries}.`,
    );
  }
  const { db } = ctx;
  let value: Buckets | RawPoints;
  if (raw === "0") value = await queryBuckets(db, { ...query, series, buckets });
  else {
    const [name, ...others] = series;
    if (name === undefined || others.length > 0) {
      throw new TailboneError(
        "bad_request",
        "series: raw points come from one series at a time.",
        "Ask once for each.",
      );
    }
    const chosen = { series: name, leg, abandoned: abandoned === undefined ? undefined : abandoned === "1" };
    value = await queryRawPoints(db, { ...query, ...chosen, cursor, limit });
  }
  return { value };
});
