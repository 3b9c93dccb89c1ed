import { singleFlight } from "@tailbone/base/single-flight";
import { within } from "@tailbone/base/within";
import { parseBearer, TEAM_HEADER } from "../auth/resolve-caller";
import { databaseAway } from "../failure";
import type { Services } from "../services";
import type { Api } from "./environment";

const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** Whoever watches the hub is answered within a second, whatever the database does. */
const ANSWER_MS = 800;

/**
 * For whoever watches the hub itself: `/healthz` needs nobody's leave, `/metrics` does unless it comes from this
 * machine.
 */
export function addHealthRoutes(app: Api, { pingDatabase, metrics, resolveCaller }: Services): void {
  // One question at a time, however many ask: what hangs must not take the pool's connections.
  const ask = singleFlight(pingDatabase);
  app.get("/healthz", async (c) => {
    await within(ANSWER_MS, ask()).catch((error: unknown) => {
      throw databaseAway(error);
    });
    return c.json({ status: "ok" });
  });

  app.get("/metrics", async (c) => {
    const address = c.env.incoming.socket.remoteAddress ?? "";
    const isForwarded = c.req.header("x-forwarded-for") !== undefined || c.req.header("forwarded") !== undefined;
    if (!LOOPBACK.has(address) || isForwarded) {
      const key = parseBearer(c.req.header("authorization"));
      await resolveCaller({ key, headers: c.req.raw.headers, team: c.req.header(TEAM_HEADER) });
    }
    return c.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
}
