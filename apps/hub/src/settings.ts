import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ALERT_CAPS } from "@tailbone/db/rules/cap-alerts";
import { TailboneError } from "@tailbone/protocol/errors";
import { z } from "zod";
import type { QuotaSettings } from "./quotas";

const url = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin);
const bytes = z.coerce.number().int().min(1024);
const perMinute = z.coerce.number().positive();
const count = z.coerce.number().int().positive();
const milliseconds = z.coerce.number().int().positive();

const environmentSchema = z.object({
  TAILBONE_PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  TAILBONE_HOST: z.string().default("127.0.0.1"),
  TAILBONE_DATA: z.string().default(".tailbone"),
  TAILBONE_URL: url.optional(),
  TAILBONE_HOSTS: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    )
    .default([]),
  TAILBONE_CONFIG_HOME: z.string().optional(),
  XDG_CONFIG_HOME: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  TAILBONE_OWNER_EMAIL: z.email().default("owner@tailbone.local"),
  TAILBONE_SECRET: z.string().min(32).optional(),
  TAILBONE_STALL_AFTER_MS: milliseconds.default(30_000),
  TAILBONE_LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  TAILBONE_DASHBOARD_URL: url.optional(),
  TAILBONE_ALLOW_PRIVATE_WEBHOOKS: z.enum(["0", "1"]).default("0"),
  TAILBONE_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  TAILBONE_RUN_QUEUE_BYTES: bytes.default(16 * 1024 * 1024),
  TAILBONE_TEAM_QUEUE_BYTES: bytes.default(64 * 1024 * 1024),
  TAILBONE_RUNS_PER_MINUTE: perMinute.default(600),
  TAILBONE_RULES_PER_MINUTE: perMinute.default(60),
  TAILBONE_PAGE_SAVES_PER_MINUTE: perMinute.default(120),
  TAILBONE_ALERTS_PER_MINUTE: perMinute.default(600),
  TAILBONE_RULES_PER_TEAM: count.default(200),
  TAILBONE_CHANNELS_PER_TEAM: count.default(50),
  TAILBONE_ALERTS_PER_RULE: count.default(ALERT_CAPS.ofRule),
  TAILBONE_ALERTS_PER_COMMIT: count.default(ALERT_CAPS.ofCommit),
  TAILBONE_MAIL_FROM: z.string().default("tailbone@localhost"),
});

/** Everything that the environment decides about a hub. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder for the embedded database, the secret and the lock. */
  readonly dataDir: string;
  /** Origin under which people and writers reach the hub, if it is not the one it listens on. */
  readonly publicOrigin: string | undefined;
  /** Other names under which the hub is reached, such as that of its container. */
  readonly otherNames: readonly string[];
  /** Folder of `credentials.json`, where the SDK on this machine finds its key. */
  readonly configHome: string;
  /** Missing: the hub runs an embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly ownerEmail: string;
  readonly secret: string | undefined;
  /** Silence after which a running run is called stalled. */
  readonly stallAfterMs: number;
  readonly logLevel: string;
  /** Origin of a dashboard that somebody else runs (`next dev`); the hub then starts none. */
  readonly dashboardOrigin: string | undefined;
  /** Whether alerts may be sent into private networks. */
  readonly allowPrivateWebhooks: boolean;
  /** Mail server for alerts. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly quotas: QuotaSettings;
}

/** Parses the environment; an empty variable counts as missing. Throws `bad_request` naming the variable. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TailboneError(
      "bad_request",
      `The environment variable ${issue?.path.join(".")} is not usable: ${issue?.message}.`,
      "Correct it or unset it; README.md lists what each variable means.",
      { cause: parsed.error },
    );
  }
  const env = parsed.data;
  return {
    port: env.TAILBONE_PORT,
    host: env.TAILBONE_HOST,
    dataDir: resolve(env.TAILBONE_DATA),
    publicOrigin: env.TAILBONE_URL,
    otherNames: env.TAILBONE_HOSTS,
    configHome: resolve(
      env.TAILBONE_CONFIG_HOME ?? join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "tailbone"),
    ),
    databaseUrl: env.DATABASE_URL,
    ownerEmail: env.TAILBONE_OWNER_EMAIL,
    secret: env.TAILBONE_SECRET,
    stallAfterMs: env.TAILBONE_STALL_AFTER_MS,
    logLevel: env.TAILBONE_LOG_LEVEL,
    dashboardOrigin: env.TAILBONE_DASHBOARD_URL,
    allowPrivateWebhooks: env.TAILBONE_ALLOW_PRIVATE_WEBHOOKS === "1",
    smtpUrl: env.TAILBONE_SMTP_URL,
    mailFrom: env.TAILBONE_MAIL_FROM,
    quotas: {
      runBytes: env.TAILBONE_RUN_QUEUE_BYTES,
      teamBytes: env.TAILBONE_TEAM_QUEUE_BYTES,
      runsPerMinute: env.TAILBONE_RUNS_PER_MINUTE,
      rulesPerMinute: env.TAILBONE_RULES_PER_MINUTE,
      pageSavesPerMinute: env.TAILBONE_PAGE_SAVES_PER_MINUTE,
      alertsPerMinute: env.TAILBONE_ALERTS_PER_MINUTE,
      rulesPerTeam: env.TAILBONE_RULES_PER_TEAM,
      channelsPerTeam: env.TAILBONE_CHANNELS_PER_TEAM,
      alertCaps: { ofRule: env.TAILBONE_ALERTS_PER_RULE, ofCommit: env.TAILBONE_ALERTS_PER_COMMIT },
    },
  };
}
