import { TailboneError } from "@tailbone/protocol/errors";
import type { OpenedWriter, OpenWriter } from "@tailbone/protocol/run";
import { type Appended, openWriterSchema, writerAddressSchema } from "@tailbone/protocol/sockets";
import type { Caller } from "../auth/caller";
import type { HubSocket } from "../hub-socket";
import type { Log } from "../log";
import type { Metrics } from "../metrics";
import { answerWith } from "../reply";
import type { Address } from "./appender";

export interface IngestOptions {
  readonly openWriter: (caller: Caller, request: OpenWriter) => Promise<OpenedWriter>;
  readonly beatWriter: (address: Address) => Promise<void>;
  readonly appendFrame: (address: Address, bytes: Uint8Array) => Promise<Appended>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Serves the socket of a writer that has been let in. */
export function connectWriter(socket: HubSocket, options: IngestOptions): void {
  const { openWriter, beatWriter, appendFrame, metrics, log } = options;
  const { caller } = socket.data;
  const team = caller.team.id;
  metrics.writers.inc();
  socket.on("disconnect", () => metrics.writers.dec());
  socket.on("writer:open", (request, answer) => {
    void answerWith(answer, log, () => openWriter(caller, openWriterSchema.parse(request)));
  });
  socket.on("frame:append", (address, frame, answer) => {
    void answerWith(answer, log, () => {
      const parsed = writerAddressSchema.parse(address);
      if (frame instanceof Uint8Array) return appendFrame({ team, ...parsed }, frame);
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
    beatWriter({ team, ...parsed.data }).catch((error: unknown) => log.debug({ err: error }, "a beat was not kept"));
  });
}
