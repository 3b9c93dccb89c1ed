import { TailboneError } from "@tailbone/protocol/errors";
import { CommanderError } from "commander";
import { note } from "./output";

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

const wantsStack = (process.env.TAILBONE_DEBUG ?? "") !== "";

/** The one place where errors meet the terminal. Returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isBrokenPipe(error)) return EXIT.ok;
  if (error instanceof TailboneError) {
    note(error.message);
    note(error.hint);
    if (wantsStack) note(error.stack ?? "");
    return error.code === "bad_request" ? EXIT.usage : EXIT.failed;
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  note(`Tailbone failed: ${message}`);
  note(wantsStack ? (stack ?? "") : "Set TAILBONE_DEBUG=1 to see where.");
  return EXIT.failed;
}

/** Who reads the output has seen enough, as `head` does. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}
