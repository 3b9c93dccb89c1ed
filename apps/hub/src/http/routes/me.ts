import { z } from "@hono/zod-openapi";
import { accountChangeSchema, sessionListSchema } from "@tailbone/protocol/access";
import { meSchema } from "@tailbone/protocol/http";
import { text } from "@tailbone/protocol/text";
import { changeAccount } from "@tailbone/services/account/change-account";
import { endAllSessions } from "@tailbone/services/account/end-all-sessions";
import { endSession } from "@tailbone/services/account/end-session";
import { getMe } from "@tailbone/services/account/get-me";
import { listSessions } from "@tailbone/services/account/list-sessions";
import type { Services } from "../../services";
import { type Api, jsonBody } from "../environment";
import { verbRoute } from "../verb-route";

const done = z.object({});

/** Who the caller is, what a person signs in with, and where they are signed in. */
export function addMeRoutes(api: Api, { perform }: Services): void {
  const me = verbRoute(getMe, {
    method: "get",
    path: "/me",
    summary: "Who the caller is",
    request: {},
    answer: meSchema,
  });
  api.openapi(me, async (c) => c.json(await perform(c.var.ctx, getMe, {}), 200));

  const change = verbRoute(changeAccount, {
    method: "post",
    path: "/me/account",
    summary: "Changes the caller's password or e-mail, by the current password if there is one; other sessions end",
    request: { body: jsonBody(accountChangeSchema) },
    answer: z.object({ email: z.string() }),
  });
  api.openapi(change, async (c) => c.json(await perform(c.var.ctx, changeAccount, c.req.valid("json")), 200));

  const list = verbRoute(listSessions, {
    method: "get",
    path: "/me/sessions",
    summary: "Where the caller is signed in",
    request: {},
    answer: sessionListSchema,
  });
  api.openapi(list, async (c) => c.json(await perform(c.var.ctx, listSessions, {}), 200));

  const endAll = verbRoute(endAllSessions, {
    method: "delete",
    path: "/me/sessions",
    summary: "Signs the caller out everywhere",
    request: {},
    answer: done,
  });
  api.openapi(endAll, async (c) => c.json(await perform(c.var.ctx, endAllSessions, {}), 200));

  const endOne = verbRoute(endSession, {
    method: "delete",
    path: "/me/sessions/{id}",
    summary: "Ends one of the caller's sessions",
    request: { params: z.object({ id: text().max(64) }) },
    answer: done,
  });
  api.openapi(endOne, async (c) => c.json(await perform(c.var.ctx, endSession, c.req.valid("param")), 200));
}
