import { createTransport } from "nodemailer";

/** Sends the link of an invitation to the mailbox that it is for; null where the hub has no mail server. */
export type MailInvitation = ((to: string, team: string, link: string) => Promise<void>) | null;

const TIMEOUT_MS = 10_000;

export function createInvitationMail(smtpUrl: string | undefined, from: string): MailInvitation {
  if (smtpUrl === undefined) return null;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return async (to, team, link) => {
    await transport.sendMail({
      from,
      to,
      subject: `You are invited to ${team} on Tailbone`,
      text: `Open this link to join. It is good for a week, for whoever has it:\n\n${link}\n`,
    });
  };
}
