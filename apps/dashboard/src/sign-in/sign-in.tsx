"use client";
import { type FormEvent, useState } from "react";
import { signIn, verifyCode } from "../api/auth";
import { safeNext } from "../api/safe-next";
import { Button } from "../ui/button";
import { FormField } from "../ui/form-parts";
import { Door } from "./door";

/** What better-auth says of a link that did not sign in. */
const LINK_ERRORS: Readonly<Record<string, string>> = {
  INVALID_TOKEN: "That sign-in link has been used already, or is none of this Tailbone's.",
  EXPIRED_TOKEN: "That sign-in link has expired: it is good for 15 minutes.",
};

function linkError(error: string | null): string | null {
  if (error === null) return null;
  const what = LINK_ERRORS[error] ?? "That sign-in link did not work.";
  return `${what} Start Tailbone again for a new one, or sign in with a password.`;
}

export function SignIn({ next, error }: { next: string | null; error: string | null }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const notice = refusal ?? linkError(error);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    const why = needsCode ? await verifyCode(String(form.get("code"))) : await tryPassword(form);
    if (why === null) window.location.assign(safeNext(next, window.location.origin));
    else {
      setRefusal(why === "" ? null : why);
      setPending(false);
    }
  }

  /** Null when that was all, an empty sentence when a code is still missing. */
  async function tryPassword(form: FormData): Promise<string | null> {
    const said = await signIn(String(form.get("email")), String(form.get("password")));
    if (said.state === "refused") return said.why;
    if (said.state === "in") return null;
    setNeedsCode(true);
    return "";
  }

  return (
    <Door title="Sign in to Tailbone">
      {notice === null ? null : (
        <p role="alert" className="rounded-lg border border-bad/30 bg-bad-soft px-3 py-2">
          {notice}
        </p>
      )}
      <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
        {needsCode ? (
          <FormField
            key="code"
            label="Code"
            name="code"
            inputMode="text"
            autoComplete="one-time-code"
            hint="Six digits from your app, or one of your backup codes."
            maxLength={32}
            required
            autoFocus
          />
        ) : (
          <>
            <FormField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
            <FormField label="Password" name="password" type="password" autoComplete="current-password" required />
          </>
        )}
        <Button type="submit" look="primary" disabled={isPending}>
          {isPending ? "Signing in …" : "Sign in"}
        </Button>
      </form>
      <section className="grid gap-1 border-line border-t pt-5 text-soft">
        <h2 className="font-medium text-ink">First time here, or no password yet?</h2>
        <p>
          Open the one-time link that was printed in the terminal where Tailbone was started. It signs you in once; then
          set a password under Settings. Each start prints a new link.
        </p>
      </section>
    </Door>
  );
}
