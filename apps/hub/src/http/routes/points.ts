import { z } from "@hono/zod-openapi";
import { bucketsSchema, pointsQuerySchema, rawPointsSchema, seriesListSchema } from "@tailbone/protocol/http";
import { runIdSchema } from "@tailbone/protocol/names";
import { listSeries } from "@tailbone/services/runs/list-series";
import { queryPoints } from "@tailbone/services/runs/query-points";
import type { ServeVerb } from "../serve-verb";

const params = z.object({ run: runIdSchema });

export function addPointRoutes(serve: ServeVerb): void {
  serve(listSeries, {
    method: "get",
    path: "/runs/{run}/series",
    summary: "A run's series",
    params,
    answer: seriesListSchema,
  });
  serve(queryPoints, {
    method: "get",
    path: "/runs/{run}/points",
    summary: "Points of series: summaries by bucket, or with raw=1 every point of one series, paged",
    params,
    query: pointsQuerySchema,
    answer: z.union([bucketsSchema, rawPointsSchema]),
  });
}
