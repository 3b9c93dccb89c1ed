import { TailboneError } from "@tailbone/protocol/errors";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import { type Appended, openWriterSchema, writerAddressSchema } from "@tailbone/protocol/sockets";
import type { Caller } from "@tailbone/services/caller";
import type { HubSocket } from "../hub-socket";
import type { Log } from "../log";
import type { Metrics } from "../metrics";
import { answerWith } from "../reply";
import type { Address } from "./appender";

export interface IngestOptions {
  readonly openWriter: (caller: Caller, request: OpenWriter) => Promise<OpenedWriter>;
  readonly beatWriter: (address: Address) => Promise<void>;
  readonly checkReach: (caller: Caller, run: string) => Promise<void>;
  readonly appendFrame: (address: Address, bytes: Uint8Array) => Promise<Appended>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Serves the socket of a writer that has been let in. */
export function connectWriter(socket: HubSocket, options: IngestOptions): void {
  const { openWriter, beatWriter, checkReach, appendFrame, metrics, log } = options;
  const { caller } = socket.data;
  const team = caller.team.id;
  /** Runs that the caller was found to reach. */
  const reached = new Map<string, Promise<void>>();
  /** One promise for all that wait for it, so that frames stay in their order. */
  function reach(run: string): Promise<void> {
    const known = reached.get(run);
    if (known !== undefined) return known;
    const checked = checkReach(caller, run);
    reached.set(run, checked);
    checked.catch(() => reached.delete(run));
    return checked;
  }
  metrics.writers.inc();
  socket.on("disconnect", () => metrics.writers.dec());
  socket.on("writer:open", (request, answer) => {
    void answerWith(answer, log, () => openWriter(caller, openWriterSchema.parse(request)));
  });
  socket.on("frame:append", (address, frame, answer) => {
    void answerWith(answer, log, () => {
      const parsed = writerAddressSchema.parse(address);
      if (frame instanceof Uint8Array) {
        const append = () => appendFrame({ team, ...parsed }, frame);
        return caller.project === null ? append() : reach(parsed.run).then(append);
      }
      throw new TailboneError(
        "bad_request",
        "The frame is not binary.",
        "Send the encoded frame's bytes as a Uint8Array.",
      );
    });
  });
  socket.on("writer:beat", (address) => {
    const parsed = writerAddressSchema.safeParse(address);
    if (!parsed.success) return;
    // A beat that is lost is made good by the next one.
    const beat = async () => {
      await reach(parsed.data.run);
      await beatWriter({ team, ...parsed.data });
    };
    beat().catch((error: unknown) => log.debug({ err: error }, "a beat was not kept"));
  });
}
