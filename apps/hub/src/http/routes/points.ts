import { z } from "@hono/zod-openapi";
import { bucketsSchema, pointsQuerySchema, rawPointsSchema, seriesListSchema } from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import { parseSeriesNames } from "@tailbone/protocol/series-names";
import { listSeries } from "@tailbone/services/runs/list-series";
import { queryPoints } from "@tailbone/services/runs/query-points";
import type { Services } from "../../services";
import type { Api } from "../environment";
import { verbRoute } from "../verb-route";

const params = z.object({ run: runIdSchema });

export function addPointRoutes(api: Api, { perform }: Services): void {
  const list = verbRoute(listSeries, {
    method: "get",
    path: "/runs/{run}/series",
    summary: "A run's series",
    request: { params },
    answer: seriesListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listSeries, c.req.valid("param")), 200));

  const query = verbRoute(queryPoints, {
    method: "get",
    path: "/runs/{run}/points",
    summary: "Points of series: summaries by bucket, or with raw=1 every point of one series, paged",
    request: { params, query: pointsQuerySchema },
    answer: z.union([bucketsSchema, rawPointsSchema]),
  });
  api.openapi(query, async (c) => {
    const { series, ...rest } = c.req.valid("query");
    const input = { ...rest, ...c.req.valid("param"), series: parseSeriesNames(series) };
    return c.json(await perform(c.var.ctx, queryPoints, input), 200);
  });
}
