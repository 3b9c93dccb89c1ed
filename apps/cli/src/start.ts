import { runHub } from "@tailbone/hub/run-hub";
import { printJson } from "./output";

export interface StartOptions {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly dashboard: boolean;
  readonly json?: boolean;
}

/** Runs hub, dashboard and database as this process, until a signal ends it. */
export async function start({ port, host, data, dashboard, json }: StartOptions): Promise<void> {
  // The parts that this process starts find the same settings in its environment.
  if (port !== undefined) process.env.TAILBONE_PORT = port;
  if (host !== undefined) process.env.TAILBONE_HOST = host;
  if (data !== undefined) process.env.TAILBONE_DATA = data;
  const need = dashboard ? "optional" : "off";
  if (json !== true) await runHub({ dashboard: need });
  else {
    await runHub({
      dashboard: need,
      announce: ({ url, signInLink, credentials, warning }) => printJson({ url, signInLink, credentials, warning }),
    });
  }
}
