"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useEffect, useState } from "react";
import { acceptInvitation, lookAtInvitation } from "../api/access-calls";
import { signIn } from "../api/auth";
import { toTailboneError } from "../api/client";
import { Button } from "../ui/button";
import { FormField } from "../ui/form-parts";
import { ErrorNotice } from "../ui/notice";
import { Door } from "./door";

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
      <Door title="Invitation">
        <ErrorNotice error={toTailboneError(look.error)} />
      </Door>
    );
  }
  if (seen === undefined || token === null) return <Door title="Invitation">…</Door>;
  return (
    <Door title={`Join ${seen.team} on Tailbone`}>
      <p className="text-soft">
        {seen.invitedBy} invited {seen.email}.
      </p>
      {accept.error === null ? null : <ErrorNotice error={toTailboneError(accept.error)} />}
      {seen.signedInAs === null ? (
        <>
          <form className="grid gap-4" onSubmit={join}>
            <FormField label="Name" name="name" autoComplete="name" maxLength={128} required autoFocus />
            <FormField
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              defaultValue={seen.email}
              required
            />
            <FormField
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
    </Door>
  );
}
