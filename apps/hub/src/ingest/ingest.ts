import { TailboneError } from "@tailbone/protocol/errors";
import { openWriterSchema, writerAddressSchema } from "@tailbone/protocol/sockets";
import { requireAccess } from "@tailbone/services/access";
import { beatWriter } from "@tailbone/services/writers/beat-writer";
import { fromOf } from "../auth/security-log";
import type { HubSocket } from "../hub-socket";
import { answerWith } from "../reply";
import type { Services } from "../services";
import { refuseOwnWriter } from "./http-writer";

/** Serves the socket of a writer that has been let in. */
export function connectWriter(socket: HubSocket, services: Services): void {
  const { contextOf, perform, openWriter, appender, metrics, log } = services;
  const { caller } = socket.data;
  const team = caller.team.id;
  const from = fromOf(socket.request);
  const ctx = () => contextOf(caller, from);
  /** Runs that the caller was found to reach. */
  const reached = new Map<string, Promise<void>>();
  /** One promise for all that wait for it, so that frames stay in their order. */
  function reach(run: string): Promise<void> {
    const known = reached.get(run);
    if (known !== undefined) return known;
    const checked = requireAccess(ctx(), "appendFrames", run);
    reached.set(run, checked);
    checked.catch(() => reached.delete(run));
    return checked;
  }
  metrics.writers.inc();
  socket.on("disconnect", () => metrics.writers.dec());
  socket.on("writer:open", (request, answer) => {
    void answerWith(answer, log, () => openWriter(ctx(), openWriterSchema.parse(request)));
  });
  socket.on("frame:append", (address, frame, answer) => {
    void answerWith(answer, log, () => {
      const parsed = writerAddressSchema.parse(address);
      refuseOwnWriter(parsed);
      if (frame instanceof Uint8Array) {
        const append = () => appender.append({ team, ...parsed }, frame);
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
    perform(ctx(), beatWriter, parsed.data).catch((error: unknown) => {
      log.debug({ err: error }, "a beat was not kept");
    });
  });
}
