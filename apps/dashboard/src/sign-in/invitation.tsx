"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { acceptInvitation, lookAtInvitation } from "../api/access-calls";
import { signIn } from "../api/auth";
import { toTailboneError } from "../api/client";
import { Logo } from "../parts/logo";
import { Button } from "../ui/button";
import { Field } from "../ui/input";
import { ErrorNotice } from "../ui/notice";

/** Where the link's secret is kept while one signs in on the way. */
const KEPT = "tailbone.invitation";

/** The secret behind the # of the link; it leaves the address at once. */
function takeToken(): string | null {
  const token = window.location.hash.slice(1);
  if (token === "") return sessionStorage.getItem(KEPT);
  sessionStorage.setItem(KEPT, token);
  window.history.replaceState(null, "", window.location.pathname);
  return token;
}

function enter(): void {
  sessionStorage.removeItem(KEPT);
  window.location.assign("/");
}

export function InvitationPage() {
  const [token, setToken] = useState<string | null>(null);
  const look = useMutation({ mutationFn: lookAtInvitation, meta: { says: "itself" } });
  const accept = useMutation({ mutationFn: acceptInvitation, meta: { says: "itself" } });
  const { mutate } = look;
  useEffect(() => {
    const taken = takeToken();
    setToken(taken);
    mutate(taken ?? "");
  }, [mutate]);

  function join(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, email, password] = ["name", "email", "password"].map((field) => String(form.get(field)));
    if (token === null || name === undefined || email === undefined || password === undefined) return;
    const account = { name, email, password };
    accept.mutate({ token, account }, { onSuccess: () => void signIn(email, password).then(enter) });
  }

  const seen = look.data;
  if (look.error !== null) {
    return (
      <Frame title="Invitation">
        <ErrorNotice error={toTailboneError(look.error)} />
      </Frame>
    );
  }
  if (seen === undefined || token === null) return <Frame title="Invitation">…</Frame>;
  return (
    <Frame title={`Join ${seen.team} on Tailbone`}>
      <p className="text-soft">
        {seen.invitedBy} invited {seen.email}.
      </p>
      {accept.error === null ? null : <ErrorNotice error={toTailboneError(accept.error)} />}
      {seen.signedInAs === null ? (
        <>
          <form className="grid gap-4" onSubmit={join}>
            <Field label="Name" name="name" autoComplete="name" maxLength={128} required autoFocus />
            <Field
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              defaultValue={seen.email}
              required
            />
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={8}
              maxLength={128}
              required
              hint="Eight characters or more, and none of the common ones."
            />
            <Button type="submit" look="primary" disabled={accept.isPending}>
              Make an account and join
            </Button>
          </form>
          <p className="border-line border-t pt-5 text-soft">
            You have an account here?{" "}
            <Link href="/sign-in?next=%2Finvitation" className="text-accent underline">
              Sign in to join with it.
            </Link>
          </p>
        </>
      ) : (
        <Button
          look="primary"
          disabled={accept.isPending}
          onClick={() => accept.mutate({ token }, { onSuccess: enter })}
        >
          Join as {seen.signedInAs}
        </Button>
      )}
    </Frame>
  );
}

const Frame = ({ title, children }: { title: string; children: ReactNode }) => (
  <main className="mx-auto grid min-h-dvh w-full max-w-sm content-center gap-6 px-6 py-10">
    <header className="grid gap-2">
      <Logo className="size-8 text-accent" />
      <h1 className="font-semibold text-lg">{title}</h1>
    </header>
    {children}
  </main>
);
