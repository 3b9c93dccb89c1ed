import { z } from "@hono/zod-openapi";
import { accountChangeSchema, sessionListSchema } from "@tailbone/protocol/access";
import { meSchema } from "@tailbone/protocol/http";
import { text } from "@tailbone/protocol/text";
import { changeAccount } from "@tailbone/services/account/change-account";
import { endAllSessions } from "@tailbone/services/account/end-all-sessions";
import { endSession } from "@tailbone/services/account/end-session";
import { getMe } from "@tailbone/services/account/get-me";
import { listSessions } from "@tailbone/services/account/list-sessions";
import type { ServeVerb } from "../serve-verb";

const done = z.object({});

/** Who the caller is, what a person signs in with, and where they are signed in. */
export function addMeRoutes(serve: ServeVerb): void {
  serve(getMe, { method: "get", path: "/me", summary: "Who the caller is", answer: meSchema });
  serve(changeAccount, {
    method: "post",
    path: "/me/account",
    summary: "Changes the caller's password or e-mail, by the current password if there is one; other sessions end",
    body: accountChangeSchema,
    answer: z.object({ email: z.string() }),
  });
  serve(listSessions, {
    method: "get",
    path: "/me/sessions",
    summary: "Where the caller is signed in",
    answer: sessionListSchema,
  });
  serve(endAllSessions, {
    method: "delete",
    path: "/me/sessions",
    summary: "Signs the caller out everywhere",
    answer: done,
  });
  serve(endSession, {
    method: "delete",
    path: "/me/sessions/{id}",
    summary: "Ends one of the caller's sessions",
    params: z.object({ id: text().max(64) }),
    answer: done,
  });
}
