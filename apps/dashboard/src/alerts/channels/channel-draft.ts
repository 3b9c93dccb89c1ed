import { type ChannelCreate, channelCreateSchema, channelSchema } from "@tailbone/protocol/rules";
import { z } from "zod";

const draftSchema = z.object({
  name: z.string(),
  target: z.object({
    type: channelSchema.shape.type,
    url: z.string(),
    secret: z.string(),
    /** Addresses, held apart by commas or spaces. */
    to: z.string(),
  }),
});
/** A channel as its form holds it: the fields of every type. */
export type ChannelDraft = z.infer<typeof draftSchema>;

const messages: Readonly<Record<string, string>> = {
  name: "Give it a name of at most 128 letters.",
  "target.url": "Write a whole address, with https:// before it.",
  "target.secret": "Sixteen characters or more.",
  "target.to": "Write one to twenty e-mail addresses, with commas between them.",
};

export const channelFormSchema = draftSchema.transform(({ name, target }, context): ChannelCreate => {
  const to = target.to.split(/[\s,;]+/).filter((address) => address !== "");
  const parsed = channelCreateSchema.safeParse({
    name: name.trim(),
    target: { ...target, url: target.url.trim(), to },
  });
  if (parsed.success) return parsed.data;
  const fields = new Map(parsed.error.issues.map(({ path }) => [path.slice(0, 2).join("."), path.slice(0, 2)]));
  for (const [field, path] of fields) {
    context.addIssue({ code: "custom", path, message: messages[field] ?? "This is not right." });
  }
  return z.NEVER;
});

/** A secret that nobody guesses, from 32 random bytes. */
export const secretOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
