import type { Me } from "@tailbone/protocol/http";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { setPassword } from "../api/calls";
import { queries } from "../api/queries";
import { Button } from "../ui/button";
import { Field } from "../ui/input";
import { Section } from "./section";

export function AccountSection({ user }: { user: NonNullable<Me["user"]> }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: setPassword,
    onSuccess: ({ email }) => {
      toast.success(`From now on you sign in as ${email}.`, { description: "Your other sessions have ended." });
      void client.invalidateQueries({ queryKey: queries.me.queryKey });
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
          const form = new FormData(event.currentTarget);
          const target = event.currentTarget;
          save.mutate(
            { email: String(form.get("email")), password: String(form.get("password")) },
            { onSuccess: () => target.reset() },
          );
        }}
      >
        <Field label="E-mail" name="email" type="email" autoComplete="username" defaultValue={user.email} required />
        <Field
          label={user.hasPassword ? "New password" : "Password"}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          maxLength={128}
          required
          hint="Eight characters or more."
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
