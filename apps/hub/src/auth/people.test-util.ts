import { memberInvitedSchema, type Role } from "@tailbone/protocol/access";
import { expect } from "vitest";
import { readJson, type TestHub } from "../test-hub";

/** The cookies of an answer, as a browser sends them back. */
export const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");

/** Somebody on a page of the hub. */
export type Person = (method: string, path: string, body?: unknown) => Promise<Response>;

/** Paths begin behind `/api`. */
export function personOf(hub: TestHub, cookie: string): Person {
  return (method, path, body) =>
    hub.fetch(`/api${path}`, {
      method,
      key: null,
      headers: { cookie, origin: hub.url, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

export const PASSWORD = "four words of nonsense";

/** Signs in with a password; the session's cookie. */
export async function signIn(hub: TestHub, email: string, password = PASSWORD): Promise<string> {
  const response = await personOf(hub, "")("POST", "/auth/sign-in/email", { email, password });
  expect(response.status).toBe(200);
  return cookiesOf(response);
}

/** Invites somebody, who makes an account by the link and signs in; the session's cookie. */
export async function join(hub: TestHub, inviter: Person, email: string, role: Role = "member"): Promise<string> {
  const { link } = await readJson(await inviter("POST", "/v1/members", { email, role }), memberInvitedSchema);
  const token = tokenOf(link);
  const account = { name: email.split("@")[0], email, password: PASSWORD };
  const accepted = await personOf(hub, "")("POST", "/v1/invitations/accept", { token, account });
  expect(await accepted.json()).toEqual({});
  return signIn(hub, email);
}

export const tokenOf = (link: string | null): string => new URL(link ?? expect.fail("no link")).hash.slice(1);
