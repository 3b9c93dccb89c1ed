import { createRoute, z } from "@hono/zod-openapi";
import { listSeries } from "@tailbone/db/read/list-series";
import { queryBuckets } from "@tailbone/db/read/query-buckets";
import { queryRawPoints } from "@tailbone/db/read/query-raw-points";
import { TailboneError } from "@tailbone/protocol/errors";
import { bucketsSchema, pointsQuerySchema, rawPointsSchema, seriesListSchema } from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { runIdSchema } from "@tailbone/protocol/names";
import { parseSeriesNames } from "@tailbone/protocol/series-names";
import type { Services } from "../../services";
import { type Api, answers } from "../environment";

const params = z.object({ run: runIdSchema });

function parseNames(series: string): string[] {
  const names = parseSeriesNames(series);
  if (names.length <= LIMITS.querySeries) return names;
  throw new TailboneError(
    "bad_request",
    `series: ${names.length} series are asked for at once.`,
    `Ask for at most ${LIMITS.querySeries}.`,
  );
}

export function addPointRoutes(api: Api, { db }: Services): void {
  api.openapi(
    createRoute({
      method: "get",
      path: "/runs/{run}/series",
      summary: "A run's series",
      request: { params },
      responses: answers(seriesListSchema),
    }),
    async (c) => {
      const team = c.var.caller.team.id;
      return c.json(await listSeries(db, { team, run: c.req.valid("param").run }), 200);
    },
  );

  const summary = "Points of series: summaries by bucket, or with raw=1 every point of one series, paged";
  const pointsRoute = createRoute({
    method: "get",
    path: "/runs/{run}/points",
    summary,
    request: {
      params,
      query: pointsQuerySchema,
    },
    responses: answers(z.union([bucketsSchema, rawPointsSchema])),
  });
  api.openapi(pointsRoute, async (c) => {
    const address = { team: c.var.caller.team.id, run: c.req.valid("param").run };
    const { series, raw, cursor, limit, buckets, leg, abandoned, ...range } = c.req.valid("query");
    const names = parseNames(series);
    if (raw === "0") return c.json(await queryBuckets(db, { ...address, ...range, series: names, buckets }), 200);
    const [name, ...others] = names;
    if (name === undefined || others.length > 0) {
      throw new TailboneError(
        "bad_request",
        "series: raw points come from one series at a time.",
        "Ask once for each.",
      );
    }
    const chosen = { series: name, leg, abandoned: abandoned === undefined ? undefined : abandoned === "1" };
    return c.json(await queryRawPoints(db, { ...address, ...range, ...chosen, cursor, limit }), 200);
  });
}
