import { readAlerts } from "@tailbone/db/rules/alerts";
import type { Database } from "@tailbone/db/server/database";
import type { Effect, EffectType } from "@tailbone/services/effects";
import type { Epoch } from "./ingest/epoch";
import type { Live } from "./live/live";
import type { Log } from "./log";
import type { Publish } from "./perform";

export interface PublishOptions {
  readonly db: Database;
  readonly live: Live;
  readonly epoch: Epoch;
  readonly wakeDispatcher: () => void;
  readonly log: Log;
}

/** What the hub does about each thing that can have happened. */
export function createPublish({ db, live, epoch, wakeDispatcher, log }: PublishOptions): Publish {
  const tell: { [T in EffectType]: (effect: Effect<T>) => void | Promise<void> } = {
    "writer-opened": async ({ request, next, by }) => {
      log.info({ run: request.run, writer: request.writer, project: request.project, by }, "a writer was opened");
      await epoch.notice(request, next);
    },
    "run-changed": ({ run }) => live.changed(run),
    "run-deleted": ({ run }) => live.deleted(run),
    "alerts-raised": ({ team, alerts: ids }) => {
      if (ids.length === 0) return;
      wakeDispatcher();
      // Nobody waits for it: whoever raised them has been told that they are stored.
      readAlerts(db, { team, ids, limit: ids.length })
        .then((alerts) => {
          for (const alert of alerts) live.alertRaised(team, alert);
        })
        .catch((error: unknown) => log.debug({ err: error }, "new alerts were not pushed; pages read them anew"));
    },
    "alert-changed": ({ team, alert }) => live.alertChanged(team, alert),
    "delivery-due": wakeDispatcher,
  };
  const publishOne = <T extends EffectType>(effect: Effect<T>): void | Promise<void> => tell[effect.type](effect);
  return async (effects) => {
    await Promise.all(effects.map(publishOne));
  };
}
