import { z } from "zod";

/**
 * In the folder of the user's settings: the keys that this machine has. Hubs write their own there, whoever runs on the
 * machine finds it.
 */
export const CREDENTIALS_FILE = "credentials.json";

/** By the origin of each hub. `team`: whose key it is, for people. What else stands there is kept. */
const credentialsSchema = z.record(z.string(), z.looseObject({ key: z.string(), team: z.string().optional() }));
export type Credentials = z.infer<typeof credentialsSchema>;

/** What the file says; nothing where it is damaged. */
export function parseCredentials(text: string): Credentials {
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
