import assert from "node:assert";
import { AsyncLocalStorage } from "node:async_hooks";
import { apiKey } from "@better-auth/api-key";
import * as schema from "@tailbone/db/auth-schema";
import type { Database } from "@tailbone/db/database";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { magicLink, organization } from "better-auth/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements, memberAc, ownerAc } from "better-auth/plugins/organization/access";
import type { Log } from "../log";
import type { Origins } from "./origins";
import { findMemberships } from "./teams";

/** Header that carries the peer's address to better-auth's rate limits; what a client sends in it is replaced. */
export const ADDRESS_HEADER = "x-tailbone-address";

const DAY_SECONDS = 24 * 60 * 60;
export const SIGN_IN_LINK_SECONDS = 15 * 60;

const keyActions = { apiKey: ["create", "read", "update", "delete"] } as const;
const access = createAccessControl({ ...defaultStatements, ...keyActions });
const roles = {
  owner: access.newRole({ ...ownerAc.statements, ...keyActions }),
  admin: access.newRole({ ...adminAc.statements, ...keyActions }),
  member: access.newRole({ ...memberAc.statements, apiKey: ["create", "read"] }),
};

/** What is only done through the hub's own API, with its checks, or by the hub itself. */
const disabledPaths = [
  "/sign-up/email",
  "/sign-in/magic-link",
  "/update-user",
  "/change-email",
  "/delete-user",
  "/api-key/create",
  "/api-key/get",
  "/api-key/list",
  "/api-key/update",
  "/api-key/delete",
  "/organization/create",
  "/organization/delete",
  "/organization/invite-member",
];

const links = new AsyncLocalStorage<{ url: string | undefined }>();

export interface AuthOptions {
  readonly db: Database;
  readonly secret: string;
  readonly origins: Origins;
  readonly log: Log;
}

/** better-auth on the hub's database: teams are its organizations, and keys belong to teams. */
export function createAuth({ db, secret, origins, log }: AuthOptions) {
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
    disabledPaths,
    rateLimit: { enabled: true, window: 10, max: 300, customRules: { "/sign-in/email": { window: 60, max: 20 } } },
    advanced: {
      cookiePrefix: "tailbone",
      useSecureCookies: isHttps,
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
        },
      },
    },
    plugins: [
      organization({ ac: access, roles, allowUserToCreateOrganization: false }),
      apiKey({
        references: "organization",
        defaultPrefix: "tb_",
        rateLimit: { enabled: false },
        maximumNameLength: 64,
        startingCharactersConfig: { charactersLength: 9 },
      }),
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
