import type { Clock } from "@tailbone/base/clock";
import { TokenBucket } from "@tailbone/base/token-bucket";
import type { AlertCaps } from "@tailbone/db/rules/cap-alerts";
import { TailboneError } from "@tailbone/protocol/errors";

/** How much of a hub one team may take, so that there is enough for the others. README.md says how each is set. */
export interface QuotaSettings {
  /** Bytes of frames that wait to be committed: of one run, and of one team. */
  readonly runBytes: number;
  readonly teamBytes: number;
  readonly runsPerMinute: number;
  readonly rulesPerMinute: number;
  readonly pageSavesPerMinute: number;
  readonly alertsPerMinute: number;
  readonly rulesPerTeam: number;
  readonly channelsPerTeam: number;
  /** What one commit may raise. */
  readonly alertCaps: AlertCaps;
}

export interface Quotas {
  readonly settings: QuotaSettings;
  /** A new run is about to be made. Throws `rate_limited`. */
  readonly admitRun: (team: string) => void;
  /** A rule is about to be made. Throws `rate_limited`. */
  readonly admitRule: (team: string) => void;
  /** A page's state is about to be saved. Throws `rate_limited`. */
  readonly admitPageSave: (team: string) => void;
  /** A script is about to raise so many alerts. Throws `rate_limited`; 0 always passes. */
  readonly admitAlerts: (team: string, count: number) => void;
  /** Rules have raised so many alerts: they count, though nothing could hold them up. */
  readonly countAlerts: (team: string, count: number) => void;
}

export function createQuotas(settings: QuotaSettings, clock: Clock): Quotas {
  const runs = new TokenBucket({ perMinute: settings.runsPerMinute, clock });
  const rules = new TokenBucket({ perMinute: settings.rulesPerMinute, clock });
  const pageSaves = new TokenBucket({ perMinute: settings.pageSavesPerMinute, clock });
  const alerts = new TokenBucket({ perMinute: settings.alertsPerMinute, clock });

  function admit(bucket: TokenBucket, team: string, count: number, perMinute: number, what: string): void {
    const waitMs = bucket.waitMs(team);
    if (waitMs === 0) {
      bucket.take(team, count);
      return;
    }
    throw new TailboneError(
      "rate_limited",
      `The team has had its ${perMinute} ${what} of a minute.`,
      "Try again when the time that the answer names is over. Writers do so by themselves, and lose nothing.",
      { retryAfterMs: Math.ceil(waitMs) },
    );
  }

  return {
    settings,
    admitRun: (team) => admit(runs, team, 1, settings.runsPerMinute, "new runs"),
    admitRule: (team) => admit(rules, team, 1, settings.rulesPerMinute, "new rules"),
    admitPageSave: (team) => admit(pageSaves, team, 1, settings.pageSavesPerMinute, "changes of pages"),
    admitAlerts: (team, count) => {
      if (count > 0) admit(alerts, team, count, settings.alertsPerMinute, "alerts");
    },
    countAlerts: (team, count) => {
      if (count > 0) alerts.take(team, count);
    },
  };
}
