import { TailboneError } from "@tailbone/protocol/errors";
import { findStoredKey } from "../environment";
import { deliverSpool } from "../spool/deliver-spool";
import { findSpools } from "../spool/find-spools";
import { isSpoolInUse } from "../spool/spool-lock";
import type { WorkerInput } from "./messages";
import { tell } from "./tell";

/** Delivers what earlier trainings have left in the same spool folder, one after the other, in the background. */
export async function deliverLeftovers(input: WorkerInput, signal: AbortSignal): Promise<void> {
  const { spoolRoot, url, apiKey, configHome } = input;
  const { spools, unreadable } = await findSpools(spoolRoot);
  for (const { error } of unreadable) tell(`${error.message} ${error.hint}`);
  for (const spool of spools) {
    if (signal.aborted) return;
    try {
      const { damaged, quarantine, kept } = await deliverSpool(spool, {
        // The key that the script has given is for its own hub only.
        findKey: (hub) => (hub === url ? apiKey : undefined) ?? findStoredKey(configHome, hub),
        onRefused: (error, path) => tell(`the hub refused a frame: ${error.message} It is kept as ${path}.`),
        signal,
      });
      tell(`delivered what an earlier training had left: ${spool.project} / ${spool.name ?? spool.run}.`);
      if (quarantine !== null)
        tell(`${damaged} frames of it could not be read; the damaged part lies in ${quarantine}.`);
      if (kept !== null) tell(`${kept}. Once it has ended, \`tailbone sync --ended ${spool.dir}\` removes it.`);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof TailboneError)) throw error;
      // Another process is at it, or that hub is not there: the next training or `tailbone sync` tries again.
      if (isSpoolInUse(error) || error.code === "unavailable") continue;
      const hint = error.code === "gone" ? "Delete the folder." : error.hint;
      tell(`what an earlier training has left in ${spool.dir} cannot be delivered: ${error.message} ${hint}`);
    }
  }
}
