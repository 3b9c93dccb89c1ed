/** What programs need of the environment to run at all, on any system; no setting and no secret is among them. */
const PLAIN = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LC_ALL", "LC_CTYPE"],
  ...["TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"],
  ...["SystemRoot", "SYSTEMROOT", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
] as const;

/**
 * The environment of a child process: what it needs to run, and `extra`. Secrets of the parent's own do not reach it.
 */
export function childEnvironment(
  extra: Readonly<Record<string, string>>,
  parent: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = PLAIN.flatMap((name) => (parent[name] === undefined ? [] : [[name, parent[name]] as const]));
  return { ...Object.fromEntries(kept), ...extra };
}
