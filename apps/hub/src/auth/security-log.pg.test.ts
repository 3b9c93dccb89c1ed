import { securityLogSchema } from "@tailbone/protocol/access";
import { meSchema } from "@tailbone/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readJson, startTestHub, type TestHub } from "../test-hub";
import { join, type Person, personOf, signIn } from "./people.test-util";

let hub: TestHub;
let owner: Person;
beforeAll(async () => {
  hub = await startTestHub();
  owner = personOf(hub, await hub.signIn());
});
afterAll(() => hub.close());

const readLog = async () => (await readJson(await owner("GET", "/v1/security-log"), securityLogSchema)).events;

describe("the security log", () => {
  test("says who, from where, what and when: sign-ins, keys, members, roles and refusals", async () => {
    const email = "hal@example.org";
    const hal = personOf(hub, await join(hub, owner, email));
    await personOf(hub, "")("POST", "/auth/sign-in/email", { email, password: "wrong password" });
    const made = await hal("POST", "/v1/keys", { name: "hal's key" });
    const { id } = z.object({ id: z.string() }).parse(await made.json());
    await hal("DELETE", `/v1/keys/${id}`);
    expect((await hal("GET", "/v1/security-log")).status).toBe(403);
    await hub.fetch("/api/v1/runs", { key: `tb_${"0".repeat(64)}` });
    const { user } = await readJson(await hal("GET", "/v1/me"), meSchema);
    await owner("PATCH", `/v1/members/${user?.id}`, { role: "admin" });
    await hal("POST", "/auth/sign-out", {});
    await owner("DELETE", `/v1/members/${user?.id}`);

    const who = `hal <${email}>`;
    const boss = "Owner <owner@tailbone.local>";
    await expect
      .poll(async () => (await readLog()).map((event) => [event.action, event.who, event.what]))
      .toEqual(
        expect.arrayContaining([
          ["member-invited", boss, `${email} as member`],
          ["key-made", who, expect.stringContaining("hal's key")],
          ["key-revoked", who, expect.stringContaining("hal's key")],
          ["access-refused", who, expect.stringContaining("GET /api/v1/security-log")],
          ["access-refused", null, expect.stringContaining("GET /api/v1/runs")],
          ["role-changed", boss, `${email}: member to admin`],
          ["member-removed", boss, email],
        ]),
      );
    // What concerns the account alone is the team's to see while they are its member.
    expect((await readLog()).filter((event) => event.who === who && event.action === "signed-in")).toEqual([]);
    const [last] = await readLog();
    expect(last).toMatchObject({ address: expect.stringMatching(/127\.0\.0\.1|::1/), agent: "node", times: 1 });
    expect(Math.abs((last?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
    await join(hub, owner, "ida@example.org");
    await personOf(hub, "")("POST", "/auth/sign-in/email", { email: "ida@example.org", password: "wrong password" });
    await expect
      .poll(async () => (await readLog()).map((event) => [event.action, event.who, event.what]))
      .toEqual(
        expect.arrayContaining([
          ["signed-in", "ida <ida@example.org>", "by password"],
          ["sign-in-refused", "ida@example.org", "by password"],
        ]),
      );
  });

  test("is each team's own", async () => {
    const { team } = await hub.addTeam();
    const ada = personOf(hub, await join(hub, owner, "kim@example.org"));
    const { user } = await readJson(await ada("GET", "/v1/me"), meSchema);
    await hub.database.db.$client`
      insert into member (id, organization_id, user_id, role) values (${team}, ${team}, ${user?.id ?? ""}, 'owner')`;
    const answer = await hub.fetch("/api/v1/security-log", {
      key: null,
      headers: { cookie: await signIn(hub, "kim@example.org"), "x-tailbone-team": team },
    });
    const { events } = await readJson(answer, securityLogSchema);
    expect(new Set(events.map(({ who }) => who))).toEqual(new Set(["kim <kim@example.org>"]));
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(["signed-in"]));
  });

  test("counts what is refused again and again instead of growing with it", async () => {
    const count = async () => {
      const [row] = await hub.database.db.$client<{ rows: number }[]>`select count(*)::int as rows from security_event`;
      return row?.rows ?? 0;
    };
    const rows = await count();
    for (let tries = 0; tries < 300; tries++)
      await hub.fetch(`/api/v1/runs?x=${tries}`, { key: `tb_${"1".repeat(64)}` });
    expect((await count()) - rows).toBeLessThanOrEqual(1);
    for (let tries = 0; tries < 300; tries++) await hub.fetch(`/api/v1/${tries}`, { key: `tb_${"1".repeat(64)}` });
    expect((await count()) - rows).toBeLessThanOrEqual(210);
  });
});
