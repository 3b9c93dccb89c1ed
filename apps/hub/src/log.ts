import { type Logger, pino } from "pino";

export type Log = Logger;

/** JSON lines on stdout; on a terminal, short lines for people. Secrets are never logged. */
export function createLog(level: string): Log {
  if (!process.stdout.isTTY) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return pino({
    level,
    transport: {
      target: "pino-pretty",
      options: { singleLine: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss", messageFormat: "{msg}" },
    },
  });
}
