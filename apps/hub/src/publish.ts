import type { Alert } from "@tailbone/protocol/rules";
import type { Caller } from "@tailbone/services/caller";
import type { Effect, EffectType } from "@tailbone/services/effects";
import type { Admissions } from "./auth/admissions";
import type { Keys } from "./auth/keys";
import type { SecurityLog } from "./auth/security-log";
import type { Epoch } from "./ingest/epoch";
import type { Live } from "./live/live";
import type { Log } from "./log";
import type { Publish } from "./perform";

export interface PublishOptions {
  readonly readAlerts: (team: string, ids: readonly string[]) => Promise<Alert[]>;
  readonly live: Live;
  readonly epoch: Epoch;
  readonly keys: Keys;
  readonly admissions: Admissions;
  readonly securityLog: SecurityLog;
  readonly wakeDispatcher: () => void;
  readonly log: Log;
}

/** What the hub does about each thing that can have happened. */
export function createPublish(options: PublishOptions): Publish {
  const { readAlerts, live, epoch, keys, admissions, securityLog, wakeDispatcher, log } = options;
  const tell: { [T in EffectType]: (effect: Effect<T>) => void | Promise<void> } = {
    "frames-committed": live.committed,
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
      readAlerts(team, ids)
        .then((alerts) => {
          for (const alert of alerts) live.alertRaised(team, alert);
        })
        .catch((error: unknown) => log.debug({ err: error }, "new alerts were not pushed; pages read them anew"));
    },
    "alert-changed": ({ team, alert }) => live.alertChanged(team, alert),
    "page-saved": ({ team, project, page, revision }) => live.pageSaved(team, { project, page, revision }),
    "delivery-due": wakeDispatcher,
    "key-revoked": ({ key }) => {
      keys.forget();
      admissions.cut(({ by }) => by.kind === "key" && by.id === key);
    },
    "standing-changed": ({ team, user }) => {
      keys.forget();
      const isTheirs = ({ by }: Caller): boolean => (by.kind === "user" ? by.id : by.createdBy) === user;
      // Whoever still may comes back by themselves, as what they are now.
      admissions.cut((caller) => caller.team.id === team && isTheirs(caller));
    },
    "sessions-ended": ({ sessions }) =>
      admissions.cut(({ by }) => by.kind === "user" && by.session !== null && sessions.includes(by.session)),
    "security-noted": securityLog.done,
  };
  const publishOne = <T extends EffectType>(effect: Effect<T>): void | Promise<void> => tell[effect.type](effect);
  return async (effects) => {
    await Promise.all(effects.map(publishOne));
  };
}
