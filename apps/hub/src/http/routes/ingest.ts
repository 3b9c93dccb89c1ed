import { z } from "@hono/zod-openapi";
import {
  appendedFramesSchema,
  appendedSchema,
  beatQuerySchema,
  beatSchema,
  logQuerySchema,
} from "@tailbone/protocol/http";
import { LIMITS } from "@tailbone/protocol/limits";
import { logBodySchema } from "@tailbone/protocol/log";
import { runIdSchema, writerIdSchema } from "@tailbone/protocol/names";
import { openedWriterSchema, openRunSchema } from "@tailbone/protocol/run";
import { beatWriter } from "@tailbone/services/writers/beat-writer";
import type { Context as HonoContext } from "hono";
import { toWireError } from "../../failure";
import { refuseOwnWriter } from "../../ingest/http-writer";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { cutFrames, FRAME_LIST_TYPE } from "../frame-list";
import { limitBody } from "../middleware";
import { parseLines } from "../ndjson";
import { type ServeVerb, verbRoute } from "../serve-verb";

const params = z.object({ run: runIdSchema });
const binary = { schema: z.string().openapi({ format: "binary" }) };

const NDJSON_TYPE = "application/x-ndjson";

const isOfType = (c: HonoContext, type: string): boolean =>
  c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() === type;

/**
 * The way in for what is not the SDK: frames for any language, JSON for scripts. They go through the same queue as a
 * socket's frames.
 */
export function addIngestRoutes(api: Api, serve: ServeVerb, { appender, httpWriter, log }: Services): void {
  const open = verbRoute(
    { verb: "openWriter" },
    {
      method: "post",
      path: "/runs",
      summary: "Opens a writer, making its run if needed",
      request: { body: jsonBody(openRunSchema) },
      answer: openedWriterSchema,
    },
  );
  api.openapi(open, async (c) => c.json(await httpWriter.openRun(c.var.ctx, c.req.valid("json")), 200));

  const limitFrame = limitBody(LIMITS.frameBytes);
  const limitFrames = limitBody(LIMITS.framesBytes);
  api.use("/runs/:run/frames", (c, next) =>
    isOfType(c, FRAME_LIST_TYPE) ? limitFrames(c, next) : limitFrame(c, next),
  );
  const frames = verbRoute(
    { verb: "appendFrames" },
    {
      method: "post",
      path: "/runs/{run}/frames",
      summary: "Appends one frame, or several, each behind its length (u32, little-endian)",
      request: {
        params,
        query: z.object({ writer: writerIdSchema }),
        body: { content: { "application/octet-stream": binary, [FRAME_LIST_TYPE]: binary }, required: true },
      },
      answer: z.union([appendedSchema, appendedFramesSchema]),
    },
  );
  api.openapi(frames, async (c) => {
    const address = { team: c.var.ctx.team.id, ...c.req.valid("param"), ...c.req.valid("query") };
    refuseOwnWriter(address);
    const body = new Uint8Array(await c.req.arrayBuffer());
    if (!isOfType(c, FRAME_LIST_TYPE)) return c.json(await appender.append(address, body), 200);
    // All enter the queue in their order before the first is answered.
    const appended = await Promise.allSettled(cutFrames(body).map((frame) => appender.append(address, frame)));
    const replies = appended.map((one) =>
      one.status === "fulfilled"
        ? { ok: true as const, value: one.value }
        : { ok: false as const, error: toWireError(one.reason, log) },
    );
    return c.json({ answers: replies }, 200);
  });

  const logged = verbRoute(
    { verb: "logEntries" },
    {
      method: "post",
      path: "/runs/{run}/log",
      summary: "Logs points and records: JSON, one entry or an array of them, or NDJSON, one entry a line",
      request: {
        params,
        query: logQuerySchema,
        body: { content: { "application/json": { schema: logBodySchema }, [NDJSON_TYPE]: { schema: z.string() } } },
      },
      answer: appendedSchema,
    },
  );
  api.openapi(logged, async (c) => {
    const { run } = c.req.valid("param");
    const { writer, sequence } = c.req.valid("query");
    const numbered = writer === undefined || sequence === undefined ? null : { writer, sequence };
    const given = isOfType(c, NDJSON_TYPE) ? parseLines(await c.req.text()) : await c.req.json<unknown>();
    const entries = logBodySchema.parse(given);
    return c.json(await httpWriter.log(c.var.ctx, { run, entries, numbered }), 200);
  });

  serve(beatWriter, {
    method: "post",
    path: "/runs/{run}/beat",
    summary: "Says that a run's training lives, though it has nothing to log",
    params,
    query: beatQuerySchema,
    answer: beatSchema,
  });
}
