import assert from "node:assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { findMemberships } from "@tailbone/db/access/teams";
import * as schema from "@tailbone/db/schema/auth";
import type { Database } from "@tailbone/db/server/database";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { magicLink, organization, twoFactor } from "better-auth/plugins";
import type { Log } from "../log";
import type { Admissions } from "./admissions";
import type { Origins } from "./origins";
import { noteSession } from "./visits";

/** Header that carries the peer's address to better-auth's rate limits; what a client sends in it is replaced. */
export const ADDRESS_HEADER = "x-tailbone-address";

const DAY_SECONDS = 24 * 60 * 60;
const SIGN_IN_LINK_SECONDS = 15 * 60;

const links = new AsyncLocalStorage<{ url: string | undefined }>();

export interface AuthOptions {
  readonly db: Database;
  readonly secret: string;
  readonly origins: Origins;
  readonly admissions: Admissions;
  readonly log: Log;
}

/** better-auth on the hub's database: teams are its organizations, and keys belong to teams. */
export function createAuth({ db, secret, origins, admissions, log }: AuthOptions) {
  const isHttps = origins.public.startsWith("https:");
  return betterAuth({
    appName: "Tailbone",
    secret,
    baseURL: { allowedHosts: [...origins.hosts], protocol: isHttps ? "https" : "http", fallback: origins.public },
    basePath: "/api/auth",
    trustedOrigins: [...origins.allowed],
    database: drizzleAdapter(db, { provider: "pg", schema, transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: 30 * DAY_SECONDS, updateAge: DAY_SECONDS },
    telemetry: { enabled: false },
    rateLimit: { enabled: true, window: 10, max: 300, customRules: { "/sign-in/email": { window: 60, max: 20 } } },
    advanced: {
      // `__Host-`: sent over HTTPS alone, to this host alone, and no neighbour below the same domain can set it.
      cookiePrefix: isHttps ? "__Host-tailbone" : "tailbone",
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isHttps, path: "/", httpOnly: true, sameSite: "lax" },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    logger: { log: (level, message, ...details) => log[level]({ details }, `better-auth: ${message}`) },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const [first] = await findMemberships(db, session.userId);
            return { data: { ...session, activeOrganizationId: first?.team.id ?? null } };
          },
          after: async (session) => noteSession("made", session),
        },
        delete: {
          after: async (session) => {
            noteSession("ended", session);
            admissions.cut(({ by }) => by.kind === "user" && by.session === session.id);
          },
        },
      },
    },
    plugins: [
      organization({ allowUserToCreateOrganization: false }),
      twoFactor({ issuer: "Tailbone" }),
      magicLink({
        storeToken: "hashed",
        disableSignUp: true,
        expiresIn: SIGN_IN_LINK_SECONDS,
        rateLimit: { window: 60, max: 60 },
        sendMagicLink: ({ url }) => {
          const box = links.getStore();
          assert(box !== undefined, "sign-in links are asked for by the hub alone");
          box.url = url;
        },
      }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** A link that signs the user of this e-mail in once, within 15 minutes. */
export async function createSignInLink(auth: Auth, email: string): Promise<string> {
  const box: { url: string | undefined } = { url: undefined };
  await links.run(box, () =>
    auth.api.signInMagicLink({
      body: { email, callbackURL: "/", errorCallbackURL: "/sign-in" },
      headers: new Headers(),
    }),
  );
  assert(box.url !== undefined, "better-auth hands the link over before it returns");
  return box.url;
}
