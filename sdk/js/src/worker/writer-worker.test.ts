import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@tailbone/base/clock";
import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IngestServer } from "../ingest-server.test-util";
import { allocateRing, CONTROL, PHASE } from "../ring/layout";
import { RingWriter } from "../ring/ring-writer";
import { Shapes } from "../ring/shapes";
import { WriterWorker } from "./writer-worker";

let server: IngestServer;
let dir: string;
beforeEach(async () => {
  server = await IngestServer.start();
  dir = mkdtempSync(join(tmpdir(), "tailbone-worker-"));
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

test("a wall clock that is set back all the time holds nothing up: what is logged is sealed, sent and stored", async () => {
  let wallMs = Date.now();
  const clock = {
    wallMs: () => {
      wallMs -= 3_600_000;
      return wallMs;
    },
    monotonicMs: systemClock.monotonicMs,
  };
  const ring = allocateRing(1024);
  const writer = RingWriter.over(ring);
  const shape = new Shapes().add(["n"]);
  writer.writeShape(shape.names);
  const worker = new WriterWorker(
    {
      ring,
      spoolRoot: dir,
      url: server.url,
      mode: "online",
      apiKey: server.key,
      configHome: dir,
      request: {
        run: uuidv7(),
        writer: uuidv7(),
        project: "clocks",
        mode: "create",
        config: {},
        tags: [],
        startedAtMs: 1,
      },
      command: "",
      systemEveryMs: 0,
    },
    () => {},
    clock,
  );
  worker.start();
  for (let step = 0; step < 5; step++) {
    writer.writeMetrics(shape, step, 1, { n: step });
    await server.until(() => server.points("n").length === step + 1);
  }
  expect(server.points("n").map(([step]) => step)).toEqual([0, 1, 2, 3, 4]);
  Atomics.store(writer.control, CONTROL.phase, PHASE.finishing);
  await worker.ended;
});
