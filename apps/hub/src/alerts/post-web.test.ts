import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postWeb } from "./post-web";

const got: string[] = [];
const server = createServer((request, response) => {
  got.push(request.url ?? "");
  if (request.url === "/away") response.writeHead(302, { location: "/secret" });
  response.end();
});
let port: number;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

test.each([
  "http://127.0.0.1/",
  "http://10.1.2.3/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://169.254.169.254/",
  "http://2130706433/",
  "http://[fd00::1]/",
])("refuses %s", async (url) => {
  await expect(postWeb(url, "{}", {}, { allowPrivate: false })).rejects.toMatchObject({ code: "forbidden" });
});

test("refuses a name that resolves into a private network", async () => {
  const resolve = async () => [{ address: "192.168.0.9", family: 4 }];
  const sent = postWeb("http://hooks.example/", "{}", {}, { allowPrivate: false, resolve });
  await expect(sent).rejects.toMatchObject({ code: "forbidden" });
});

test("connects to the address that was checked, and follows no redirect", async () => {
  const options = { allowPrivate: true, resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
  await postWeb(`http://hooks.example:${port}/in`, "{}", {}, options);
  await expect(postWeb(`http://hooks.example:${port}/away`, "{}", {}, options)).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(got).toEqual(["/in", "/away"]);
});
