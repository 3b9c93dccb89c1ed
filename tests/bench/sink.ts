// Takes frames over HTTP and drops them, one in so many milliseconds. Run by the bench `fairness`: what a flood takes
// of the machine by itself.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const msPerFrame = Number(process.argv[2]);
let freeMs = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    freeMs = Math.max(freeMs, performance.now()) + msPerFrame;
    setTimeout(() => response.end(), freeMs - performance.now());
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
