import {
  invitationSeenSchema,
  memberInvitedSchema,
  memberListSchema,
  type Role,
  sessionListSchema,
} from "@tailbone/protocol/access";
import { meSchema } from "@tailbone/protocol/http";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readJson, startTestHub, type TestHub } from "../test-hub";
import { join, PASSWORD, type Person, personOf, signIn, tokenOf } from "./people.test-util";

let hub: TestHub;
let owner: Person;
beforeAll(async () => {
  hub = await startTestHub();
  owner = personOf(hub, await hub.signIn());
});
afterAll(() => hub.close());

const stranger = (): Person => personOf(hub, "");
const idOf = async (email: string): Promise<string> => {
  const { members } = await readJson(await owner("GET", "/v1/members"), memberListSchema);
  return members.find((member) => member.email === email)?.id ?? expect.fail(`no member ${email}`);
};

/** A second team, and somebody who runs it. */
async function addOwnedTeam(email: string): Promise<{ team: string; ada: Person }> {
  const ada = personOf(hub, await join(hub, owner, email));
  const { team } = await hub.addTeam();
  const id = await idOf(email);
  await hub.database.db.$client`
    insert into member (id, organization_id, user_id, role) values (${team}, ${team}, ${id}, 'owner')`;
  await hub.database.db.$client`delete from member where user_id = ${id} and role = 'member'`;
  return { team, ada };
}

describe("an invitation", () => {
  test("made in one team lets its maker into no other, whoever the address belongs to", async () => {
    const { ada } = await addOwnedTeam("ada@example.org");
    // Ada invites Bo into her team, opens the link herself, and makes an account with Bo's address and a password of
    // hers.
    const bait = await readJson(await ada("POST", "/v1/members", { email: "bo@example.org" }), memberInvitedSchema);
    const account = { name: "Bo", email: "bo@example.org", password: PASSWORD };
    await stranger()("POST", "/v1/invitations/accept", { token: tokenOf(bait.link), account });
    const falseBo = personOf(hub, await signIn(hub, "bo@example.org"));
    expect((await falseBo("GET", "/v1/runs")).status).toBe(200);

    // The first team invites the same address, and gives the link to the real one.
    const invited = await readJson(
      await owner("POST", "/v1/members", { email: "bo@example.org" }),
      memberInvitedSchema,
    );
    const before = await readJson(await falseBo("GET", "/v1/me"), meSchema);
    expect(before.teams.map(({ name }) => name)).toEqual(["others"]);
    const token = tokenOf(invited.link);
    const real = { name: "Bo", email: "bo@real.example", password: PASSWORD };
    expect((await stranger()("POST", "/v1/invitations/accept", { token, account })).status).toBe(409);
    expect((await stranger()("POST", "/v1/invitations/accept", { token, account: real })).status).toBe(200);
    const after = await readJson(await falseBo("GET", "/v1/me"), meSchema);
    expect(after.teams.map(({ name }) => name)).toEqual(["others"]);
    const realBo = personOf(hub, await signIn(hub, "bo@real.example"));
    expect((await readJson(await realBo("GET", "/v1/me"), meSchema)).team).toMatchObject({
      name: "Default team",
      role: "member",
    });
  });

  test("is a link that signs nobody in, works once, and can be taken back", async () => {
    const invite = async () =>
      readJson(await owner("POST", "/v1/members", { email: "Cy@example.org" }), memberInvitedSchema);
    const first = await invite();
    const opened = await fetch(first.link ?? "");
    expect(opened.headers.getSetCookie()).toEqual([]);
    const second = await invite();
    const look = (link: string | null) => stranger()("POST", "/v1/invitations/look", { token: tokenOf(link) });
    expect((await look(first.link)).status).toBe(401);
    expect(await readJson(await look(second.link), invitationSeenSchema)).toEqual({
      team: "Default team",
      invitedBy: "Owner",
      email: "cy@example.org",
      signedInAs: null,
    });
    const accept = (account?: object) =>
      stranger()("POST", "/v1/invitations/accept", { token: tokenOf(second.link), account });
    expect((await accept()).status).toBe(401);
    const account = { name: "Cy", email: "cy@example.org", password: "Password1!" };
    expect((await accept(account)).status).toBe(400);
    expect((await accept({ ...account, password: PASSWORD })).status).toBe(200);
    expect((await accept({ ...account, email: "cy2@example.org", password: PASSWORD })).status).toBe(401);

    const third = await invite();
    const { invitations } = await readJson(await owner("GET", "/v1/members"), memberListSchema);
    expect(invitations).toMatchObject([{ email: "cy@example.org", role: "member" }]);
    expect((await owner("DELETE", `/v1/members/invitations/${invitations[0]?.id}`)).status).toBe(200);
    expect((await look(third.link)).status).toBe(401);
  });

  test("is accepted by whoever is signed in, but not by a foreign page in their name", async () => {
    const { ada } = await addOwnedTeam("dee@example.org");
    const { link } = await readJson(await ada("POST", "/v1/members", { email: "x@example.org" }), memberInvitedSchema);
    const cookie = await join(hub, owner, "eve@example.org");
    const body = JSON.stringify({ token: tokenOf(link) });
    const foreign = { cookie, origin: "https://evil.example", "content-type": "application/json" };
    const forged = await hub.fetch("/api/v1/invitations/accept", { method: "POST", key: null, headers: foreign, body });
    expect(forged.status).toBe(403);
    expect((await personOf(hub, cookie)("POST", "/v1/invitations/accept", JSON.parse(body))).status).toBe(200);
    const { teams } = await readJson(await personOf(hub, cookie)("GET", "/v1/me"), meSchema);
    expect(teams.map(({ name }) => name).sort()).toEqual(["Default team", "others"]);
  });

  test("goes by mail alone where the hub has a mail server: the inviter never sees the link", async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, _session, done) => {
        let text = "";
        stream.on("data", (chunk) => (text += String(chunk)));
        stream.on("end", () => {
          mails.push(text.replaceAll("=\r\n", "").replaceAll("=3D", "="));
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.server.address();
    const port = typeof address === "object" && address !== null ? address.port : expect.fail("no port");
    const mailing = await startTestHub({ TAILBONE_SMTP_URL: `smtp://127.0.0.1:${port}` });
    const boss = personOf(mailing, await mailing.signIn());
    const answer = await boss("POST", "/v1/members", { email: "fay@example.org" });
    const text = await answer.text();
    const [mail = expect.fail("no mail")] = mails;
    const link = /http\S+\/invitation#(\S+)/.exec(mail);
    const token = link?.[1] ?? expect.fail(mail);
    expect(JSON.parse(text)).toMatchObject({ link: null, invitation: { email: "fay@example.org" } });
    expect(text).not.toContain(token);
    const account = { name: "Fay", email: "fay@example.org", password: PASSWORD };
    expect((await personOf(mailing, "")("POST", "/v1/invitations/accept", { token, account })).status).toBe(200);
    await mailing.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const unreachable = await startTestHub({ TAILBONE_SMTP_URL: "smtp://127.0.0.1:1" });
    const lone = personOf(unreachable, await unreachable.signIn());
    expect((await lone("POST", "/v1/members", { email: "gus@example.org" })).status).toBe(503);
    const { invitations } = await readJson(await lone("GET", "/v1/members"), memberListSchema);
    expect(invitations).toEqual([]);
    await unreachable.close();
  });
});

describe("members", () => {
  test("are managed by owners and admins, owners by owners, and the last owner stays", async () => {
    const email = { admin: "hal@example.org", member: "ida@example.org", viewer: "jo@example.org" };
    const people: Record<Role, Person> = {
      owner,
      admin: personOf(hub, await join(hub, owner, email.admin, "admin")),
      member: personOf(hub, await join(hub, owner, email.member)),
      viewer: personOf(hub, await join(hub, owner, email.viewer, "viewer")),
    };
    const ownerId = await idOf("owner@tailbone.local");
    const [admin, member] = [await idOf(email.admin), await idOf(email.member)];
    const cases: [Role, string, string, unknown, number][] = [
      ["member", "POST", "", { email: "j@example.org" }, 403],
      ["viewer", "DELETE", `/${member}`, undefined, 403],
      ["member", "PATCH", `/${member}`, { role: "admin" }, 403],
      ["member", "DELETE", `/${admin}`, undefined, 403],
      ["admin", "PATCH", `/${admin}`, { role: "owner" }, 403],
      ["admin", "PATCH", `/${ownerId}`, { role: "member" }, 403],
      ["admin", "DELETE", `/${ownerId}`, undefined, 403],
      ["owner", "PATCH", `/${ownerId}`, { role: "member" }, 409],
      ["owner", "DELETE", `/${ownerId}`, undefined, 409],
      ["owner", "POST", "", { email: "j@example.org", role: "owner" }, 400],
      ["admin", "PATCH", `/${member}`, { role: "admin" }, 200],
      ["admin", "PATCH", `/${member}`, { role: "member" }, 200],
      ["member", "DELETE", `/${member}`, undefined, 200],
      ["admin", "DELETE", `/${member}`, undefined, 404],
    ];
    for (const [role, method, path, body, status] of cases) {
      const answer = await people[role](method, `/v1/members${path}`, body);
      expect([role, method, path, answer.status]).toEqual([role, method, path, status]);
    }
    for (const path of ["organization/remove-member", "organization/update-member-role", "organization/leave"]) {
      expect((await owner("POST", `/auth/${path}`, { memberIdOrEmail: email.admin, role: "owner" })).status).toBe(404);
    }
  });

  test("see no invitations unless they may invite, and their sessions are nobody else's", async () => {
    const kim = personOf(hub, await join(hub, owner, "kim@example.org"));
    await owner("POST", "/v1/members", { email: "lou@example.org" });
    const { invitations } = await readJson(await kim("GET", "/v1/members"), memberListSchema);
    expect(invitations).toEqual([]);
    const { sessions } = await readJson(await owner("GET", "/v1/me/sessions"), sessionListSchema);
    expect((await kim("DELETE", `/v1/me/sessions/${sessions[0]?.id}`)).status).toBe(404);
  });
});
