import type { AccountChange } from "@tailbone/protocol/access";
import type { Me } from "@tailbone/protocol/http";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { changeAccount } from "../api/access-calls";
import { queries } from "../api/queries";
import { Button } from "../ui/button";
import { FormField } from "../ui/form-parts";
import { Section } from "./section";

/** What was changed in the form; a password that was left empty stays as it is. */
function readChange(form: FormData, user: NonNullable<Me["user"]>): AccountChange {
  const [email, password, current] = ["email", "password", "current"].map((name) => String(form.get(name) ?? ""));
  return {
    ...(email === user.email ? {} : { email }),
    ...(password === "" ? {} : { password }),
    ...(current === "" ? {} : { current }),
  };
}

export function AccountSection({ user }: { user: NonNullable<Me["user"]> }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: changeAccount,
    onSuccess: ({ email }) => {
      toast.success(`From now on you sign in as ${email}.`, { description: "Your other sessions have ended." });
      void client.invalidateQueries({ queryKey: queries.me.queryKey });
      void client.invalidateQueries({ queryKey: queries.sessions.queryKey });
    },
  });
  return (
    <Section
      title="Account"
      about={
        user.hasPassword
          ? `You are ${user.name}, and sign in with a password.`
          : `You are ${user.name}, and have no password yet: set one, so that you need no link to sign in.`
      }
    >
      <form
        className="grid max-w-sm gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          save.mutate(readChange(new FormData(form), user), { onSuccess: () => form.reset() });
        }}
      >
        {user.hasPassword ? (
          <FormField
            label="Current password"
            name="current"
            type="password"
            autoComplete="current-password"
            maxLength={128}
            required
          />
        ) : null}
        <FormField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={user.email}
          required
        />
        <FormField
          label={user.hasPassword ? "New password" : "Password"}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          maxLength={128}
          required={!user.hasPassword}
          hint={
            user.hasPassword
              ? "Leave it empty to keep the one you have."
              : "Eight characters or more, and none of the common ones."
          }
        />
        <div>
          <Button type="submit" disabled={save.isPending}>
            {user.hasPassword ? "Change" : "Set the password"}
          </Button>
        </div>
      </form>
    </Section>
  );
}
