import type { Me } from "@tailbone/protocol/http";
import { useQueryClient } from "@tanstack/react-query";
import { QRCodeSVG } from "qrcode.react";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { beginSecondFactor, endSecondFactor, type SecondFactor, verifyCode } from "../api/auth";
import { queries } from "../api/queries";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { FormField } from "../ui/form-parts";
import { OnceOnly, Section } from "./section";

/** A code from an app beside the password: set up by a picture, kept by backup codes, switched off by the password. */
export function SecondFactorSection({ user }: { user: NonNullable<Me["user"]> }) {
  const client = useQueryClient();
  const [begun, setBegun] = useState<SecondFactor | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>, work: (form: FormData) => Promise<string | null>) {
    event.preventDefault();
    setPending(true);
    setRefusal(await work(new FormData(event.currentTarget)));
    setPending(false);
  }
  const refresh = (): void => {
    void client.invalidateQueries({ queryKey: queries.me.queryKey });
    void client.invalidateQueries({ queryKey: queries.sessions.queryKey });
  };
  async function begin(form: FormData): Promise<string | null> {
    const answer = await beginSecondFactor(String(form.get("password")));
    if (typeof answer === "string") return answer;
    setBegun(answer);
    return null;
  }
  async function confirm(form: FormData): Promise<string | null> {
    const why = await verifyCode(String(form.get("code")));
    if (why !== null) return why;
    setCodes(begun?.backupCodes ?? null);
    setBegun(null);
    toast.success("From now on you are asked for a code when you sign in.");
    refresh();
    return null;
  }
  async function end(form: FormData): Promise<string | null> {
    const why = await endSecondFactor(String(form.get("password")));
    if (why !== null) return why;
    setCodes(null);
    toast.success("You are no longer asked for a code.");
    refresh();
    return null;
  }

  const withPassword = (work: typeof begin, look: "danger" | "plain", says: string) => (
    <form className="grid max-w-sm gap-3" onSubmit={(event) => void submit(event, work)}>
      <FormField label="Current password" name="password" type="password" autoComplete="current-password" required />
      <div>
        <Button type="submit" look={look} disabled={isPending}>
          {says}
        </Button>
      </div>
    </form>
  );
  return (
    <Section
      title="Second factor"
      about={
        user.hasSecondFactor
          ? "You are asked for a code of your app when you sign in with your password."
          : "A code from an app on your phone, asked for beside the password."
      }
    >
      {refusal === null ? null : (
        <p role="alert" className="rounded-lg border border-bad/30 bg-bad-soft px-3 py-2">
          {refusal}
        </p>
      )}
      {codes === null ? null : (
        <OnceOnly
          text={codes.join(" ")}
          about="Backup codes, shown this once: each signs you in one time when the app is not at hand."
        >
          <CopyButton text={codes.join("\n")} />
        </OnceOnly>
      )}
      {!user.hasPassword ? (
        <p className="text-faint">Set a password first.</p>
      ) : user.hasSecondFactor ? (
        withPassword(end, "danger", "Switch it off")
      ) : begun === null ? (
        withPassword(begin, "plain", "Set it up")
      ) : (
        <form className="grid max-w-sm gap-3" onSubmit={(event) => void submit(event, confirm)}>
          <p>Scan this with your app, or copy its link there. Then type the code that the app shows.</p>
          <div className="w-fit rounded-lg bg-white p-3">
            <QRCodeSVG value={begun.uri} size={160} title="Link for the app, as a picture" />
          </div>
          <div>
            <CopyButton text={begun.uri} label="Copy the link" />
          </div>
          <FormField
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,7}"
            required
            autoFocus
          />
          <div className="flex gap-2">
            <Button type="submit" look="primary" disabled={isPending}>
              Switch it on
            </Button>
            <Button look="quiet" onClick={() => setBegun(null)}>
              Leave it
            </Button>
          </div>
        </form>
      )}
    </Section>
  );
}
