import { OpenAPIHono, z } from "@hono/zod-openapi";
import { TailboneError } from "@tailbone/protocol/errors";
import { API_PREFIX } from "@tailbone/protocol/http";
import { jsonSchema } from "@tailbone/protocol/json";
import { LIMITS } from "@tailbone/protocol/limits";
import { PROTOCOL_VERSION } from "@tailbone/protocol/version";
import { HTTPException } from "hono/http-exception";
import { fromZodError, toWireError } from "../failure";
import type { Services } from "../services";
import { createAuthDoor } from "./auth-door";
import type { Api, ApiEnvironment } from "./environment";
import { errorResponse } from "./errors";
import { addHealthRoutes } from "./health";
import { apiHeaders, authenticate, limitBody, noteRefusals } from "./middleware";
import { addAlertRoutes } from "./routes/alerts";
import { addIngestRoutes } from "./routes/ingest";
import { addInvitationRoutes } from "./routes/invitations";
import { addKeyRoutes } from "./routes/keys";
import { addMeRoutes } from "./routes/me";
import { addMemberRoutes } from "./routes/members";
import { addPageRoutes } from "./routes/pages";
import { addPointRoutes } from "./routes/points";
import { addProjectRoutes } from "./routes/projects";
import { addRecordRoutes } from "./routes/records";
import { addRunRoutes } from "./routes/runs";
import { addSecurityLogRoutes } from "./routes/security-log";
import { addSdkPackage } from "./sdk-package";
import { createServeVerb } from "./serve-verb";

const document = {
  openapi: "3.1.0",
  info: {
    title: "Tailbone",
    version: `1 (protocol ${PROTOCOL_VERSION})`,
    description: "Watches a model while it trains. Errors are `{error: {code, message, hint}}`.",
  },
  servers: [{ url: API_PREFIX }],
  security: [{ key: [] }, { session: [] }],
};

// Any JSON is defined by itself, which the generator of the document would follow for ever.
z.globalRegistry.add(jsonSchema, { type: ["object", "array", "string", "number", "boolean", "null"] });

/** The JSON API below /api/v1: every route needs a caller, and is in the OpenAPI document. */
function createVersionOne(services: Services): Api {
  const api: Api = new OpenAPIHono<ApiEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw fromZodError(result.error);
    },
  });
  const limitJson = limitBody(LIMITS.httpBodyBytes);
  api.use((c, next) => (c.req.path.endsWith("/frames") ? next() : limitJson(c, next)));
  api.use(noteRefusals(services));
  // Whoever holds an invitation needs no session and no key.
  addInvitationRoutes(api, services);
  api.use(authenticate(services));
  api.openAPIRegistry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" });
  api.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "tailbone.session_token",
  });
  api.get("/openapi.json", (c) => c.json(api.getOpenAPI31Document(document)));
  const serve = createServeVerb(api, services.perform);
  addMeRoutes(serve);
  addProjectRoutes(serve);
  addPageRoutes(serve);
  addRunRoutes(serve);
  addIngestRoutes(api, serve, services);
  addPointRoutes(serve);
  addRecordRoutes(serve);
  addAlertRoutes(serve);
  addKeyRoutes(serve);
  addMemberRoutes(serve);
  addSecurityLogRoutes(serve);
  return api;
}

/** Everything that answers over plain HTTP, besides the dashboard's pages. */
export function createHttpApi(services: Services): Api {
  const { log } = services;
  const app: Api = new OpenAPIHono<ApiEnvironment>();
  app.use("/api/*", apiHeaders);
  app.all("/api/auth/*", limitBody(LIMITS.httpBodyBytes), createAuthDoor(services));
  app.route(API_PREFIX, createVersionOne(services));
  addHealthRoutes(app, services);
  addSdkPackage(app);
  app.notFound((c) => {
    const error = new TailboneError(
      "not_found",
      `There is no ${c.req.method} ${c.req.path}.`,
      `${API_PREFIX}/openapi.json lists every route.`,
    );
    return errorResponse(error.toWire());
  });
  app.onError((error) => {
    if (error instanceof HTTPException) {
      return errorResponse(
        new TailboneError(
          "bad_request",
          error.message || "The request is not understood.",
          error.message === "Unsupported Media Type"
            ? "Send JSON with the header: curl -H 'content-type: application/json' -d '{…}'."
            : "Send valid JSON.",
        ).toWire(),
      );
    }
    return errorResponse(toWireError(error, log));
  });
  return app;
}
