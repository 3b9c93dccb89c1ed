import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A child process whose output is kept, so that a failing test can show it. */
export interface Child {
  readonly process: ChildProcess;
  /** All that it has written so far, both streams. */
  readonly output: () => string;
  /** Resolves with the first line that `match` accepts; rejects with the output when the process ends without one. */
  readonly line: (match: (line: string) => boolean) => Promise<string>;
  /** Resolves when the process has ended, with its exit code (null: killed by a signal). */
  readonly exited: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
}

export interface SpawnOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
}

/** Starts a program of this repository with Node. */
export function spawnNode(args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(process.execPath, [...args], {
    cwd: options.cwd,
    env: { ...process.env, NODE_OPTIONS: undefined, VITEST: undefined, NODE_ENV: undefined, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const waiting = new Set<(line: string | null) => void>();
  const exited = once(child, "close").then(([code]: (number | null)[]) => {
    for (const wake of waiting) wake(null);
    return code ?? null;
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const wake of waiting) wake(line);
    });
  }
  const output = () => lines.join("\n");
  return {
    process: child,
    output,
    exited,
    line: (match) =>
      new Promise((resolve, reject) => {
        const found = lines.find(match);
        if (found !== undefined) return resolve(found);
        const wake = (line: string | null): void => {
          if (line !== null && !match(line)) return;
          waiting.delete(wake);
          if (line === null)
            reject(new Error(`${args.join(" ")} ended without the line that was waited for:\n${output()}`));
          else resolve(line);
        };
        if (child.exitCode !== null || child.signalCode !== null) return wake(null);
        waiting.add(wake);
      }),
    kill: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
