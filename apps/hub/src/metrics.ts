import type { ErrorCode } from "@tailbone/protocol/errors";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What Prometheus reads at /metrics. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tailbone_" });
  const registers = [registry];
  return {
    registry,
    frames: new Counter({ name: "tailbone_frames_total", help: "Frames committed", registers }),
    points: new Counter({ name: "tailbone_points_total", help: "Points committed", registers }),
    repeats: new Counter({ name: "tailbone_frames_repeated_total", help: "Frames that were there already", registers }),
    refused: new Counter<"code">({
      name: "tailbone_frames_refused_total",
      help: "Frames answered with an error",
      labelNames: ["code" as const],
      registers,
    }),
    commitSeconds: new Histogram({
      name: "tailbone_commit_seconds",
      help: "Time from taking a batch of frames out of the queue to its commit",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    queuedBytes: new Gauge({
      name: "tailbone_queued_bytes",
      help: "Bytes of frames that wait to be committed",
      registers,
    }),
    writers: new Gauge({ name: "tailbone_writer_sockets", help: "Sockets on /ingest", registers }),
    viewers: new Gauge({ name: "tailbone_viewer_sockets", help: "Sockets on /live", registers }),
    /** Asks `count` whenever somebody reads it. */
    watchViewerPackets(count: () => number): void {
      new Gauge({
        name: "tailbone_viewer_packets",
        help: "Packets that wait for viewers to read them",
        registers,
        collect() {
          this.set(count());
        },
      });
    },
    resets: new Counter({ name: "tailbone_viewer_resets_total", help: "Times a viewer was too slow", registers }),
    refuse(code: ErrorCode): void {
      this.refused.inc({ code });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
