import { createAuthClient } from "better-auth/client";
import { organizationClient } from "better-auth/client/plugins";

const client = createAuthClient({ basePath: "/api/auth", plugins: [organizationClient()] });

/** Where to go after signing in: a page of this dashboard, never another site. */
export function safeNext(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") && !next.startsWith("/sign-in")
    ? next
    : "/";
}

/** Signs in with a password; answers with a sentence when that is refused, else null. */
export async function signIn(email: string, password: string): Promise<string | null> {
  const { error } = await client.signIn.email({ email, password }).catch(() => ({ error: { status: 0 } }));
  if (error === null) return null;
  if (error.status === 0) return "The hub cannot be reached. Is Tailbone still running?";
  if (error.status === 429) return "Too many attempts. Wait a minute, then try again.";
  if (error.status < 500) return "E-mail and password do not belong together.";
  return "The hub failed to sign you in. Its log says why; try again in a moment.";
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
