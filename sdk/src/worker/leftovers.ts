import { TailboneError } from "@tailbone/protocol/errors";
import { findStoredKey } from "../environment";
import { deliverSpool } from "../spool/deliver-spool";
import { listSpools } from "../spool/list-spools";
import type { WorkerInput } from "./messages";
import { tell } from "./tell";

/** Delivers what earlier trainings have left in the same spool folder, one after the other, in the background. */
export async function deliverLeftovers(input: WorkerInput, signal: AbortSignal): Promise<void> {
  const { spoolRoot, url, apiKey, configHome } = input;
  for (const spool of await listSpools(spoolRoot)) {
    if (spool.isAlive || signal.aborted) continue;
    try {
      await deliverSpool(spool, {
        // The key that the script has given is for its own hub only.
        findKey: (hub) => (hub === url ? apiKey : undefined) ?? findStoredKey(configHome, hub),
        onRefused: (error, path) => tell(`the hub refused a frame: ${error.message} It is kept as ${path}.`),
        signal,
      });
      tell(`delivered what an earlier training had left: ${spool.project} / ${spool.name ?? spool.run}.`);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TailboneError)) throw error;
      // Another process is at it, or that hub is not there: the next training or `tailbone sync` tries again.
      if (error.code === "conflict" || error.code === "unavailable") continue;
      const hint = error.code === "gone" ? "Delete the folder." : error.hint;
      tell(`what an earlier training has left in ${spool.dir} cannot be delivered: ${error.message} ${hint}`);
    }
  }
}
