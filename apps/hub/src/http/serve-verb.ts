import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { runIdSchema } from "@tailbone/protocol/names";
import { requireAccess, type VerbName } from "@tailbone/services/access";
import type { Verb } from "@tailbone/services/verb";
import { createMiddleware } from "hono/factory";
import type { Perform } from "../perform";
import { type Api, type ApiEnvironment, answers, jsonBody } from "./environment";

/** Refuses whoever may not before the request is looked at: what is wrong with it is not theirs to know. */
const allow = (verb: VerbName) =>
  createMiddleware<ApiEnvironment>(async (c, next) => {
    const run = runIdSchema.safeParse(c.req.param("run"));
    await requireAccess(c.var.ctx, verb, run.data);
    await next();
  });

interface Route<Method, Path, Request, Answer> {
  readonly method: Method;
  readonly path: Path;
  readonly summary: string;
  readonly request: Request;
  readonly answer: Answer;
}

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

type AnyRoute = RouteConfig & { getRoutingPath: () => string };

const nothing = z.object({});
type Nothing = typeof nothing;

interface Served<Params, Query, Body, Answer>
  extends Omit<Route<RouteConfig["method"], string, never, Answer>, "request"> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}

/** Has a verb done for whoever asks by `route`; its input is the fields of body, query and path together. */
export type ServeVerb = <
  Value,
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType<object> = Nothing,
>(
  verb: Verb<z.output<Params> & z.output<Query> & z.output<Body>, Value>,
  route: Served<Params, Query, Body, z.ZodType<unknown, Value>>,
) => void;

export function createServeVerb(api: Api, perform: Perform): ServeVerb {
  return (verb, { params, query, body, ...route }) => {
    const request = { params: params ?? nothing, query: query ?? nothing, ...(body && { body: jsonBody(body) }) };
    // As any route: that it answers what the verb does was held above.
    const anyRoute: AnyRoute = verbRoute(verb, { ...route, request });
    api.openapi(anyRoute, async (c) => {
      // What the route's own schemas have let through: the types of the verb and of these were held together above.
      const valid = (part: string) => c.req.valid(part as never) as object | undefined;
      const input = { ...valid("json"), ...valid("query"), ...valid("param") };
      return c.json(await perform(c.var.ctx, verb, input as never), 200);
    });
  };
}
