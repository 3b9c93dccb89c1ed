import { createAuthClient } from "better-auth/client";
import { organizationClient, twoFactorClient } from "better-auth/client/plugins";

const client = createAuthClient({ basePath: "/api/auth", plugins: [organizationClient(), twoFactorClient()] });

/** What came of an attempt: a sentence where it was refused. */
export type SignedIn = { readonly state: "in" | "needs-code" } | { readonly state: "refused"; readonly why: string };

interface Answer {
  readonly error: { readonly status: number } | null;
}
const unreachable: Answer = { error: { status: 0 } };

function refusalOf({ error }: Answer, wrong: string): string | null {
  if (error === null) return null;
  if (error.status === 0) return "The hub cannot be reached. Is Tailbone still running?";
  if (error.status === 429) return "Too many attempts. Wait a minute, then try again.";
  if (error.status < 500) return wrong;
  return "The hub failed. Its log says why; try again in a moment.";
}

/** Signs in with a password; whoever has a second factor is asked for a code next. */
export async function signIn(email: string, password: string): Promise<SignedIn> {
  const answer = await client.signIn.email({ email, password }).catch(() => ({ ...unreachable, data: null }));
  const why = refusalOf(answer, "E-mail and password do not belong together.");
  if (why !== null) return { state: "refused", why };
  const needsCode = answer.data !== null && "twoFactorRedirect" in answer.data;
  return { state: needsCode ? "needs-code" : "in" };
}

/** The second step: six digits of the app, or a backup code. Null when it was right, else a sentence. */
export async function verifyCode(code: string): Promise<string | null> {
  const digits = code.replaceAll(/\s/g, "");
  const answer = await (/^\d{6}$/.test(digits)
    ? client.twoFactor.verifyTotp({ code: digits })
    : client.twoFactor.verifyBackupCode({ code: code.trim() })
  ).catch(() => unreachable);
  return refusalOf(answer, "That code is not right, or its half minute is over. Type the one that is shown now.");
}

export interface SecondFactor {
  /** For an app, as a link and as a picture. */
  readonly uri: string;
  readonly backupCodes: readonly string[];
}

/** Begins a second factor; it counts once `verifyCode` took a code of the app. */
export async function beginSecondFactor(password: string): Promise<SecondFactor | string> {
  const answer = await client.twoFactor.enable({ password }).catch(() => ({ ...unreachable, data: null }));
  const why = refusalOf(answer, "The password is another.");
  if (why !== null) return why;
  const { data } = answer;
  if (data === null || !("totpURI" in data)) return "The hub's answer is not understood. Reload the page.";
  return { uri: data.totpURI, backupCodes: data.backupCodes };
}

/** Null when it is off, else a sentence. */
export async function endSecondFactor(password: string): Promise<string | null> {
  const answer = await client.twoFactor.disable({ password }).catch(() => unreachable);
  return refusalOf(answer, "The password is another.");
}

/** Ends the session and leaves for the sign-in page. */
export async function signOut(): Promise<void> {
  await client.signOut().catch(() => null);
  window.location.assign("/sign-in");
}

/** Works for another of one's teams from now on. */
export async function switchTeam(team: string): Promise<void> {
  await client.organization.setActive({ organizationId: team });
  window.location.assign("/");
}

/** The session is over: asks for a new one, and comes back here. */
export function leaveForSignIn(): void {
  const here = window.location.pathname + window.location.search;
  if (!here.startsWith("/sign-in")) window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}
