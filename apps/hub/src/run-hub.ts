import { TailboneError } from "@tailbone/protocol/errors";
import { type Hub, type StartHubOptions, startHub } from "./start-hub";

export interface RunHubOptions extends StartHubOptions {
  /** Tells whoever started the hub that it serves. Default: a few plain lines on stdout. */
  readonly announce?: (hub: Hub) => void;
}

/** When ending in an orderly way takes longer, the process ends in a disorderly way; the next start copes with that. */
const STOP_LIMIT_MS = 10_000;

function announceInWords({ url, signInLink, warning }: Hub): void {
  if (warning !== null) process.stderr.write(`\n  ${warning}\n`);
  process.stdout.write(
    `\n  Tailbone serves at ${url}\n\n  Sign in with this link (it works once, for 15 minutes):\n  ${signInLink}\n\n`,
  );
}

function report(error: unknown): void {
  if (error instanceof TailboneError) process.stderr.write(`\n${error.message}\n${error.hint}\n`);
  else process.stderr.write(`\nTailbone failed: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/**
 * Runs a hub as this process: until a signal (exit code 0), or until a part of it dies (exit code 1). It takes over
 * the process's signals and its end.
 */
export async function runHub({ announce = announceInWords, ...options }: RunHubOptions = {}): Promise<void> {
  const starting = startHub(options);
  let isStopping = false;

  async function stop(exitCode: number): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => {
      process.stderr.write("Tailbone did not end in time and is cut off.\n");
      process.exit(exitCode === 0 ? 1 : exitCode);
    }, STOP_LIMIT_MS).unref();
    await starting.then(
      (hub) => hub.close(),
      () => {},
    );
    process.exit(exitCode);
  }
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop(0));

  let hub: Hub;
  try {
    hub = await starting;
  } catch (error) {
    report(error);
    process.exit(1);
  }
  if (isStopping) return;
  announce(hub);
  const error = await hub.failed;
  report(error);
  await stop(1);
}
