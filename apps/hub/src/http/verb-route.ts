import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import { runIdSchema } from "@tailbone/protocol/names";
import { requireAccess, type VerbName } from "@tailbone/services/access";
import { createMiddleware } from "hono/factory";
import { type ApiEnvironment, answers } from "./environment";

interface Route<Method, Path, Request, Answer> {
  readonly method: Method;
  readonly path: Path;
  readonly summary: string;
  readonly request: Request;
  readonly answer: Answer;
}

/** Refuses whoever may not before the request is looked at: what is wrong with it is not theirs to know. */
const allow = (verb: VerbName) =>
  createMiddleware<ApiEnvironment>(async (c, next) => {
    const run = runIdSchema.safeParse(c.req.param("run"));
    await requireAccess(c.var.ctx, verb, run.data);
    await next();
  });

/** The route by which a verb is asked for; its name is the operation's in the OpenAPI document. */
export function verbRoute<
  const Method extends RouteConfig["method"],
  const Path extends string,
  Request extends NonNullable<RouteConfig["request"]>,
  Answer extends z.ZodType,
>({ verb }: { verb: VerbName }, { method, path, summary, request, answer }: Route<Method, Path, Request, Answer>) {
  return createRoute({
    method,
    path,
    summary,
    operationId: verb,
    middleware: allow(verb),
    request,
    responses: answers(answer),
  });
}
