/**
 * Where to go after signing in: a page of this dashboard, never another site, whatever the address says. A browser
 * drops tabs and line ends, takes backslashes for slashes and folds dots, so it is asked where the address leads
 * instead of looking at its letters.
 */
export function safeNext(next: string | null, home: string): string {
  const start = new URL("/", home);
  if (next === null || !URL.canParse(next, start)) return start.href;
  const url = new URL(next, start);
  // A blob's origin is that of the page that made it; its scheme is another.
  const isHere = url.origin === start.origin && url.protocol === start.protocol;
  return isHere && !url.pathname.startsWith("/sign-in") ? url.href : start.href;
}
