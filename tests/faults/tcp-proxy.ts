import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

type Direction = "up" | "down";

/** One way of one connection: what has come and not gone on. */
class Pipe {
  readonly #queue: Buffer[] = [];
  #isPumping = false;

  constructor(
    private readonly proxy: TcpProxy,
    private readonly direction: Direction,
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on("data", (chunk: Buffer) => {
      this.#queue.push(chunk);
      from.pause();
      void this.pump();
    });
    // An orderly end goes on in order, behind what was sent.
    from.on("end", () => {
      if (this.#queue.length === 0) to.end();
    });
  }

  async pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let chunk = this.#queue[0]; chunk !== undefined; chunk = this.#queue[0]) {
      if (!(await this.proxy.admit(this.direction, chunk))) break;
      if (this.to.destroyed) break;
      this.#queue.shift();
      if (!this.to.write(chunk)) await Promise.race([once(this.to, "drain"), once(this.to, "close")]).catch(() => {});
    }
    this.#isPumping = false;
    if (this.#queue.length > 0 || this.from.destroyed) return;
    if (this.from.readableEnded) this.to.end();
    else this.from.resume();
  }
}

/**
 * A network that can be troubled, between trainers and hub. All trouble is for all connections; `heal` ends it. Cuts
 * come after so many bytes, so they fall anywhere into frames and answers.
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #pipes = new Set<Pipe>();
  #mode: "open" | "closed" | "stalled" = "open";
  #slow: { bytesPerSecond: number; delayMs: number } | null = null;
  readonly #waits: { direction: Direction; bytes: number; act: () => void }[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a port of its own and goes to `port` on this machine, which may be closed at times. */
  static async open(port: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new TcpProxy(server);
    server.on("connection", (client) => proxy.#connect(client, port));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Does something once so many more bytes have gone that way. */
  after(direction: Direction, bytes: number, act: () => void): void {
    this.#waits.push({ direction, bytes, act });
  }

  /** What was to be done after so many bytes is not done any more. */
  forget(): void {
    this.#waits.length = 0;
  }

  /** Resets every connection; new ones are taken. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets every connection, and new ones at once. */
  shut(): void {
    this.#mode = "closed";
    this.reset();
  }

  /** Nothing goes through any more, and nobody is told. */
  stall(): void {
    this.#mode = "stalled";
  }

  slow(bytesPerSecond: number, delayMs: number): void {
    this.#slow = { bytesPerSecond, delayMs };
  }

  /** As on a good day. What was held up goes on. */
  heal(): void {
    this.#mode = "open";
    this.#slow = null;
    this.forget();
    for (const pipe of this.#pipes) void pipe.pump();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.reset();
    await once(this.#server, "close");
  }

  /** False: not now. */
  async admit(direction: Direction, { byteLength }: Buffer): Promise<boolean> {
    const slow = this.#slow;
    if (slow !== null) {
      const pauseMs = slow.delayMs + (1000 * byteLength) / slow.bytesPerSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.min(1000, pauseMs)));
    }
    if (this.#mode !== "open") return false;
    for (const wait of [...this.#waits]) {
      if (wait.direction !== direction) continue;
      wait.bytes -= byteLength;
      if (wait.bytes > 0) continue;
      this.#waits.splice(this.#waits.indexOf(wait), 1);
      wait.act();
    }
    return true;
  }

  #connect(client: Socket, port: number): void {
    if (this.#mode === "closed") {
      client.resetAndDestroy();
      return;
    }
    const hub = connect({ port, host: "127.0.0.1", noDelay: true });
    const pipes = [new Pipe(this, "up", client, hub), new Pipe(this, "down", hub, client)];
    for (const pipe of pipes) this.#pipes.add(pipe);
    for (const [socket, other] of [
      [client, hub],
      [hub, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const pipe of pipes) this.#pipes.delete(pipe);
        if (!other.destroyed) other.resetAndDestroy();
      });
    }
  }
}
