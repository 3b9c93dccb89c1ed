// The dashboard's own process: Next's production server on a free loopback port, told to its parent over IPC.
// When the parent is gone, however it went, the IPC channel closes and this process ends too.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

interface NextServer {
  prepare(): Promise<void>;
  getRequestHandler(): Parameters<typeof createServer>[1];
}
type Next = (options: { dev: boolean; dir: string; hostname: string; port: number }) => NextServer;

process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
// Ctrl-C reaches the whole group; the hub ends this process when its own work is done.
process.on("SIGINT", () => {});

const dir = process.argv[2];
if (dir === undefined || process.send === undefined) throw new Error("serve-dashboard is started by the hub");
const next: Next = createRequire(join(dir, "package.json"))("next");

const server = createServer();
server.keepAliveTimeout = 65_000;
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
if (address === null || typeof address === "string") throw new Error("the server listens on a port");
const { port } = address;
const app = next({ dev: false, dir, hostname: "127.0.0.1", port });
await app.prepare();
const handler = app.getRequestHandler();
if (handler !== undefined) server.on("request", handler);
process.send({ port });
