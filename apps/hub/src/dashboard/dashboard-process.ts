import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "@tailbone/base/child-environment";
import { TailboneError } from "@tailbone/protocol/errors";
import { z } from "zod";
import type { Log } from "../log";

export interface Dashboard {
  /** Where it listens, once it serves. Rejects with `unavailable` when the process ends before. */
  readonly origin: Promise<string>;
  /** Resolves with a sentence when the process has ended, whoever ended it. */
  readonly exited: Promise<string>;
  readonly close: () => Promise<void>;
}

const readySchema = z.object({ port: z.number().int().positive() });
const STOP_MS = 2000;

/** Folder of the built dashboard, null when there is none. */
export function findDashboard(): string | null {
  try {
    const dir = dirname(createRequire(import.meta.url).resolve("@tailbone/dashboard/package.json"));
    return existsSync(join(dir, ".next/BUILD_ID")) ? dir : null;
  } catch {
    return null;
  }
}

function logLines(child: ChildProcess, log: Log): void {
  for (const [stream, level] of [
    [child.stdout, "info"],
    [child.stderr, "warn"],
  ] as const) {
    if (stream) createInterface({ input: stream }).on("line", (line) => log[level](`dashboard: ${line}`));
  }
}

/** Starts the dashboard's process. It ends by itself when this one is gone. */
export function startDashboard(dir: string, log: Log): Dashboard {
  const script = fileURLToPath(new URL("./serve-dashboard.js", import.meta.url));
  const child = fork(script, [dir], {
    env: childEnvironment({ NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" }, process.env),
    execArgv: [],
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  logLines(child, log);
  const exited = once(child, "exit").then(
    ([code, signal]: unknown[]) => `the dashboard's process ended (${signal ?? `exit code ${code}`})`,
  );
  const origin = Promise.race([
    once(child, "message").then(([message]: unknown[]) => readySchema.parse(message)),
    exited.then((reason): never => {
      throw new TailboneError("unavailable", `${reason} before it served.`, "The log says why; `npm start` builds it.");
    }),
  ]).then(({ port }) => `http://127.0.0.1:${port}`);
  // Whoever starts a dashboard may be stopped before it waits for it.
  origin.catch(() => {});
  return {
    origin,
    exited,
    close: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
