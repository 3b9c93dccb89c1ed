import { createHmac } from "node:crypto";
import { systemClock } from "@tailbone/base/clock";
import { formatStep } from "@tailbone/lifecycle/say-number";
import { TailboneError } from "@tailbone/protocol/errors";
import type { Alert, ChannelTarget } from "@tailbone/protocol/rules";
import { createTransport } from "nodemailer";
import { type PostOptions, postWeb } from "./post-web";

export interface SenderOptions extends PostOptions {
  /** Of the dashboard, for links. */
  readonly origin: string;
  /** Missing: mail cannot be sent. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
}

/** Sends one alert to one channel; throws when it was not taken. `id` is the same for every attempt. */
export type Send = (target: ChannelTarget, alert: Alert, id: string) => Promise<void>;

function describe(alert: Alert, origin: string): { where: string; lines: string; link: string } {
  const { run, feature, after, by, evidence, text, path } = alert;
  const where = `${run.project} / ${run.name}${feature === null ? "" : `, feature ${feature}`}`;
  const between =
    by === null
      ? null
      : after === null
        ? `By step ${formatStep(by)}.`
        : `After step ${formatStep(after)}, by step ${formatStep(by)}.`;
  const lines = [text, between, evidence === text ? null : evidence].filter((line) => line !== null && line !== "");
  return { where, lines: lines.join("\n"), link: `${origin}${path}` };
}

/** The signature of a webhook's body: HMAC-SHA256 over "<seconds since 1970>.<body>", in hex. */
export function signBody(secret: string, seconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
}

// Slack and Discord read these as marks; alerts hold text that others wrote.
const slackText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const discordColors = { info: 0x0072b2, warning: 0xe69f00, error: 0xb91c1c };

/** The library's own times are minutes. */
const MAIL_TIMES_MS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000, dnsTimeout: 10_000 };

function boundTimes(smtpUrl: string): string {
  const url = new URL(smtpUrl);
  for (const [name, ms] of Object.entries(MAIL_TIMES_MS)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(ms));
  }
  return url.href;
}

export function createSender(options: SenderOptions): Send {
  const { origin, smtpUrl, mailFrom } = options;
  const mail = smtpUrl === undefined ? null : createTransport(boundTimes(smtpUrl));
  return async (target, alert, id) => {
    const { where, lines, link } = describe(alert, origin);
    switch (target.type) {
      case "webhook": {
        const body = JSON.stringify({ delivery: id, link, alert });
        const seconds = Math.floor(systemClock.wallMs() / 1000);
        const signature = `t=${seconds},v1=${signBody(target.secret, seconds, body)}`;
        return postWeb(target.url, body, { "tailbone-delivery": id, "tailbone-signature": signature }, options);
      }
      case "slack": {
        const text = `*${slackText(alert.title)}* (${slackText(where)})\n${slackText(lines)}\n<${link}|Show it>`;
        return postWeb(target.url, JSON.stringify({ text: text.slice(0, 3900) }), {}, options);
      }
      case "discord": {
        const embed = {
          title: alert.title.slice(0, 256),
          url: link,
          description: `${where}\n${lines}`.slice(0, 4000),
          color: discordColors[alert.level],
        };
        const body = { embeds: [embed], allowed_mentions: { parse: [] } };
        return postWeb(target.url, JSON.stringify(body), {}, options);
      }
      case "email": {
        if (mail === null) {
          throw new TailboneError(
            "unavailable",
            "The hub has no mail server.",
            "Start it with TAILBONE_SMTP_URL, such as smtp://user:password@host:587.",
          );
        }
        await mail.sendMail({
          from: mailFrom,
          to: target.to,
          subject: `[${alert.run.project}] ${alert.title}`,
          text: `${where}\n\n${lines}\n\n${link}\n`,
          messageId: `<${id}@tailbone>`,
        });
      }
    }
  };
}
