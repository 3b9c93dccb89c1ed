import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import * as access from "./access";
import { encodeFrame } from "./frame";
import * as http from "./http";
import * as json from "./json";
import * as log from "./log";
import * as saved from "./page-state/saved";
import { recordSchema } from "./records";
import * as rules from "./rules";
import * as run from "./run";
import * as sockets from "./sockets";
import { PROTOCOL_VERSION } from "./version";

/**
 * The hash of every schema on the wire, of every socket event by its name with all that it carries, and of one encoded
 * frame. When this test fails you have changed the wire: if an older peer would misread it, raise PROTOCOL_VERSION;
 * then pin the new hash here.
 */
const PINNED = { version: 3, hash: "5f722d314949345e" };

function describeSchema(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }));
}

function wireHash(): string {
  const hash = createHash("sha256");
  for (const part of [access, http, json, log, rules, run, saved, sockets, { recordSchema }]) {
    for (const [name, value] of Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (value instanceof z.ZodType) {
        hash.update(`${name} ${describeSchema(value)}\n`);
      }
    }
  }
  for (const [event, { takes, answers }] of Object.entries({ ...sockets.INGEST_EVENTS, ...sockets.LIVE_EVENTS })) {
    hash.update(
      `${event} ${[...takes, answers].map((one) => (one === null ? "nothing" : describeSchema(one))).join(" ")}\n`,
    );
  }
  for (const [event, pushed] of Object.entries(sockets.LIVE_PUSHES))
    hash.update(`${event} ${describeSchema(pushed)}\n`);
  hash.update(
    encodeFrame({
      sequence: 3,
      sealedAtMs: 4,
      groups: [
        {
          names: ["loss"],
          steps: Float64Array.of(1),
          timesMs: Float64Array.of(2),
          values: [Float64Array.of(0.5)],
        },
      ],
      records: [{ type: "finish", timeMs: 5, state: "finished" }],
    }),
  );
  return hash.digest("hex").slice(0, 16);
}

test("the wire is what its version says", () => {
  expect({ version: PROTOCOL_VERSION, hash: wireHash() }).toEqual(PINNED);
});
