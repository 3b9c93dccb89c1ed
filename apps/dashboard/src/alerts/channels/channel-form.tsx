import { zodResolver } from "@hookform/resolvers/zod";
import type { ChannelCreate, ChannelTarget } from "@tailbone/protocol/rules";
import { type FieldPath, useForm, useWatch } from "react-hook-form";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { FormField, FormSelect } from "../../ui/form-parts";
import { type ChannelDraft, channelFormSchema, secretOf } from "./channel-draft";
import { WebhookHelp } from "./webhook-help";

export const CHANNEL_TYPES: Readonly<Record<ChannelTarget["type"], string>> = {
  webhook: "Webhook",
  slack: "Slack",
  discord: "Discord",
  email: "E-mail",
};
const EMPTY: ChannelDraft = { name: "", target: { type: "webhook", url: "", secret: "", to: "" } };

export function ChannelForm({ isSaving, onSave }: { isSaving: boolean; onSave: (channel: ChannelCreate) => void }) {
  const form = useForm<ChannelDraft, unknown, ChannelCreate>({
    defaultValues: EMPTY,
    resolver: zodResolver(channelFormSchema),
  });
  const { register, control, handleSubmit, setValue, formState, getFieldState } = form;
  const field = (name: FieldPath<ChannelDraft>) => ({
    ...register(name),
    error: getFieldState(name, formState).error?.message,
  });
  const [type, secret] = useWatch({ control, name: ["target.type", "target.secret"] });
  const generate = (): void =>
    setValue("target.secret", secretOf(crypto.getRandomValues(new Uint8Array(32))), { shouldValidate: true });
  return (
    <form className="grid gap-3" noValidate onSubmit={handleSubmit(onSave)}>
      <FormSelect label="Type" options={Object.entries(CHANNEL_TYPES)} {...field("target.type")} />
      <FormField label="Name" hint="As rules name it: #training." autoComplete="off" {...field("name")} />
      {type === "email" ? (
        <FormField label="To" hint="With commas between several addresses." {...field("target.to")} />
      ) : (
        <FormField
          label={type === "webhook" ? "Address" : `Address of the incoming webhook in ${CHANNEL_TYPES[type]}`}
          type="url"
          placeholder="https://"
          {...field("target.url")}
        />
      )}
      {type === "webhook" ? (
        <>
          <FormField
            label="Secret"
            hint="It is not shown again: copy it to where the webhook is received."
            autoComplete="off"
            className="font-mono"
            {...field("target.secret")}
          />
          <div className="flex gap-2">
            <Button size="small" onClick={generate}>
              Generate a secret
            </Button>
            <CopyButton text={secret} label="Copy the secret" />
          </div>
          <WebhookHelp />
        </>
      ) : null}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={isSaving}>
          Add the channel
        </Button>
      </div>
    </form>
  );
}
