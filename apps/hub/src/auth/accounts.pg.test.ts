import { sessionListSchema } from "@tailbone/protocol/access";
import { meSchema } from "@tailbone/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readJson, startTestHub, type TestHub } from "../test-hub";
import { cookiesOf, join, PASSWORD, type Person, personOf, signIn } from "./people.test-util";
import { codeOf } from "./totp.test-util";

let hub: TestHub;
let owner: Person;
beforeAll(async () => {
  hub = await startTestHub();
  owner = personOf(hub, await hub.signIn());
});
afterAll(() => hub.close());

const connected = async (cookie: string) => {
  const viewer = hub.viewer({}, { cookie, origin: hub.url });
  await new Promise<void>((resolve) => viewer.once("connect", resolve));
  const cut = new Promise<void>((resolve) => viewer.once("disconnect", () => resolve()));
  const refused = new Promise<unknown>((resolve) =>
    viewer.once("connect_error", (error) => resolve("data" in error ? error.data : error)),
  );
  return { cut, refused };
};
describe("an account", () => {
  test("is changed by whoever knows the current password, and by nobody else", async () => {
    const ada = personOf(hub, await join(hub, owner, "ada@example.org"));
    const change = async (body: object) => (await ada("POST", "/v1/me/account", body)).status;
    expect(await change({ email: "eve@example.org" })).toBe(403);
    expect(await change({ email: "eve@example.org", current: "wrong password" })).toBe(403);
    expect(await change({ password: "another nonsense of words" })).toBe(403);
    expect(await change({})).toBe(400);
    expect((await readJson(await ada("GET", "/v1/me"), meSchema)).user).toMatchObject({ email: "ada@example.org" });
    expect(await change({ email: "ada2@example.org", current: PASSWORD })).toBe(200);
    expect(await change({ password: "another nonsense of words", current: PASSWORD })).toBe(200);
    await signIn(hub, "ada2@example.org", "another nonsense of words");
    const old = await personOf(hub, "")("POST", "/auth/sign-in/email", {
      email: "ada2@example.org",
      password: PASSWORD,
    });
    expect(old.status).toBe(401);
  });

  test("without a password, as of the one-time link, gets its first one without", async () => {
    expect((await owner("POST", "/v1/me/account", { password: "short" })).status).toBe(400);
    expect((await owner("POST", "/v1/me/account", { password: PASSWORD })).status).toBe(200);
    expect((await owner("POST", "/v1/me/account", { password: PASSWORD })).status).toBe(403);
  });

  test("takes no password that attackers try first", async () => {
    const bo = personOf(hub, await join(hub, owner, "robert@example.org"));
    for (const password of ["password", "Password1!", "qwertyuiop", "iloveyou", "robert@example.org", "11111111"]) {
      const refused = await bo("POST", "/v1/me/account", { password, current: PASSWORD });
      expect([password, refused.status]).toEqual([password, 400]);
      expect(await refused.text()).toContain("attackers");
    }
  });

  test("bounds how often its password is guessed at with a stolen session", async () => {
    const cy = personOf(hub, await join(hub, owner, "cy@example.org"));
    const guess = async (current: string) =>
      (await cy("POST", "/v1/me/account", { email: "x@y.example", current })).status;
    for (let tries = 0; tries < 10; tries++) expect(await guess(`guess ${tries}`)).toBe(403);
    expect(await guess(PASSWORD)).toBe(429);
  });
});

describe("a session", () => {
  test("that signs out closes its sockets at once, and no others", async () => {
    const first = await join(hub, owner, "dee@example.org");
    const second = await signIn(hub, "dee@example.org");
    const [mine, other] = [await connected(first), await connected(second)];
    let isOtherCut = false;
    void other.cut.then(() => {
      isOtherCut = true;
    });
    expect((await personOf(hub, first)("POST", "/auth/sign-out", {})).status).toBe(200);
    await mine.cut;
    expect(await mine.refused).toMatchObject({ code: "unauthenticated" });
    expect((await personOf(hub, first)("GET", "/v1/me")).status).toBe(401);
    expect((await personOf(hub, second)("GET", "/v1/me")).status).toBe(200);
    expect(isOtherCut).toBe(false);
  });

  test("is listed with where it is from, and ended from another, one or all", async () => {
    const cookies = [await join(hub, owner, "eve@example.org"), await signIn(hub, "eve@example.org")];
    cookies.push(await signIn(hub, "eve@example.org"));
    const [first = "", second = "", third = ""] = cookies;
    const list = async (cookie: string) =>
      (await readJson(await personOf(hub, cookie)("GET", "/v1/me/sessions"), sessionListSchema)).sessions;
    const sessions = await list(first);
    expect(sessions).toHaveLength(3);
    expect(sessions.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ address: expect.stringMatching(/127\.0\.0\.1|::1/), agent: "node" });
    const [own] = (await list(second)).filter(({ isCurrent }) => isCurrent);
    const [two, three] = [await connected(second), await connected(third)];
    expect((await personOf(hub, first)("DELETE", `/v1/me/sessions/${own?.id}`)).status).toBe(200);
    await two.cut;
    expect(await list(first)).toHaveLength(2);
    expect((await personOf(hub, first)("DELETE", "/v1/me/sessions")).status).toBe(200);
    await three.cut;
    for (const cookie of cookies) expect((await personOf(hub, cookie)("GET", "/v1/me")).status).toBe(401);
  });

  test("tells its token to no script: neither signing in nor any other answer has it", async () => {
    await join(hub, owner, "fay@example.org");
    const answer = await personOf(hub, "")("POST", "/auth/sign-in/email", {
      email: "fay@example.org",
      password: PASSWORD,
    });
    const [, token] = /session_token=([^;.]+)/.exec(decodeURIComponent(cookiesOf(answer))) ?? [];
    const text = await answer.text();
    expect(token?.length).toBeGreaterThan(20);
    expect(text).toContain("fay@example.org");
    expect(text).not.toContain(token);
    const me = personOf(hub, cookiesOf(answer));
    for (const path of ["/auth/get-session", "/auth/list-sessions"]) expect((await me("GET", path)).status).toBe(404);
    expect(await (await me("GET", "/v1/me/sessions")).text()).not.toContain(token);
  });

  test("is made by no way of the library's that the hub has not opened", async () => {
    const body = { email: "new@example.org", password: PASSWORD, name: "New", slug: "new" };
    for (const path of [
      "sign-up/email",
      "sign-in/magic-link",
      "update-user",
      "organization/create",
      "change-password",
    ]) {
      expect([path, (await owner("POST", `/auth/${path}`, body)).status]).toEqual([path, 404]);
    }
  });
});

test("a second factor is asked for after the password, takes each backup code once, and goes by the password", async () => {
  const email = "gus@example.org";
  const before = personOf(hub, await join(hub, owner, email));
  expect((await before("POST", "/auth/two-factor/enable", { password: "wrong password" })).status).toBe(400);
  const enabled = await before("POST", "/auth/two-factor/enable", { password: PASSWORD });
  const { totpURI, backupCodes } = await readJson(
    enabled,
    z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) }),
  );
  // It counts only once a code has shown that the app has it.
  await signIn(hub, email);
  const confirmed = await before("POST", "/auth/two-factor/verify-totp", { code: codeOf(totpURI) });
  expect(confirmed.status).toBe(200);
  expect((await before("GET", "/v1/me")).status).toBe(401);
  const gus = personOf(hub, cookiesOf(confirmed));
  expect((await readJson(await gus("GET", "/v1/me"), meSchema)).user).toMatchObject({ hasSecondFactor: true });

  const firstStep = async () => {
    const answer = await personOf(hub, "")("POST", "/auth/sign-in/email", { email, password: PASSWORD });
    expect(await answer.json()).toMatchObject({ twoFactorRedirect: true });
    const half = personOf(hub, cookiesOf(answer));
    expect((await half("GET", "/v1/me")).status).toBe(401);
    return half;
  };
  const second = await firstStep();
  expect((await second("POST", "/auth/two-factor/verify-totp", { code: "000000" })).status).toBe(401);
  const entered = await second("POST", "/auth/two-factor/verify-totp", { code: codeOf(totpURI) });
  expect((await personOf(hub, cookiesOf(entered))("GET", "/v1/me")).status).toBe(200);

  const [code = expect.fail("no code")] = backupCodes;
  expect((await (await firstStep())("POST", "/auth/two-factor/verify-backup-code", { code })).status).toBe(200);
  expect((await (await firstStep())("POST", "/auth/two-factor/verify-backup-code", { code })).status).toBe(401);
  expect((await gus("POST", "/auth/two-factor/disable", { password: "wrong password" })).status).toBe(400);
  expect((await gus("POST", "/auth/two-factor/disable", { password: PASSWORD })).status).toBe(200);
  await personOf(hub, await signIn(hub, email))("GET", "/v1/me");
});
