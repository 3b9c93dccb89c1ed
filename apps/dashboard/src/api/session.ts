import { cookies } from "next/headers";
import { redirect } from "next/navigation";

/** Names of better-auth's cookie, over HTTP and over HTTPS. */
const COOKIES = ["tailbone.session_token", "__Host-tailbone.session_token"];

/**
 * Sends who has no session to the sign-in page, and from there back to `path`. Whether a session is still valid is the
 * hub's to say, at the page's first request.
 */
export async function requireSession(path: string): Promise<void> {
  const jar = await cookies();
  if (!COOKIES.some((name) => jar.has(name))) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
}
