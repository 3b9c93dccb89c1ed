import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import getPort from "get-port";
import { type Child, spawnNode } from "../support/processes";
import { cliEntry, type Place, root, type Stack, startStack } from "../support/stack";
import type { Disk, Target } from "./schedule";
import { familyOf, signalAll } from "./signals";
import { mountSmallDisk, type SmallDisk } from "./small-disk";
import { TcpProxy } from "./tcp-proxy";

const wallClock = pathToFileURL(join(root, "tests/faults/wall-clock.mjs")).href;
/** The hub's start makes a cluster of 40 MB; the spools take a few. */
const DISK_MB: Record<Disk, number> = { database: 512, spool: 48 };

/**
 * Where schedules happen, one after the other: a hub with its database, a network before it, disks that can run full,
 * clocks that can be set. All are real processes; what the world does to them is what a machine may do.
 */
export class World {
  readonly proxy: TcpProxy;
  readonly #folder: string;
  readonly #place: Place;
  readonly #disks: Record<Disk, SmallDisk | null>;
  #stack: Stack | null = null;
  /** Whether the hub is meant to run. Otherwise its end is no surprise. */
  #isHubWanted = false;
  readonly #surprises: string[] = [];
  /** Stopped by a signal at the moment. */
  readonly #stopped = new Map<Target, number[]>();

  private constructor(folder: string, port: number, proxy: TcpProxy) {
    this.#folder = folder;
    this.proxy = proxy;
    this.#disks = {
      database: mountSmallDisk(join(folder, "database"), DISK_MB.database),
      spool: mountSmallDisk(join(folder, "spool"), DISK_MB.spool),
    };
    mkdirSync(join(folder, "clocks"));
    this.#place = {
      folder,
      url: `http://127.0.0.1:${proxy.port}`,
      env: {
        ...this.#env("hub"),
        TAILBONE_PORT: String(port),
        TAILBONE_DATA: join(folder, "database/data"),
        TAILBONE_LOG_LEVEL: "warn",
      },
      remove: async () => {},
    };
  }

  static async open(): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "tailbone-faults-"));
    // For the user that the database runs as.
    chmodSync(folder, 0o755);
    const port = await getPort();
    const world = new World(folder, port, await TcpProxy.open(port));
    await world.startHub();
    return world;
  }

  /** Whether this user may mount a disk that can run full. */
  get hasDisks(): boolean {
    return this.#disks.database !== null && this.#disks.spool !== null;
  }

  get stack(): Stack {
    if (this.#stack === null) throw new Error("the hub does not run");
    return this.#stack;
  }

  /** Where the trainers' spools lie. */
  get spoolRoot(): string {
    return join(this.#folder, "spool/data/spool");
  }

  spawnTrainer(name: string, args: readonly string[]): Child {
    return spawnNode(args, { env: this.#trainerEnv(name), cwd: this.#folder });
  }

  sync(): Child {
    return spawnNode([cliEntry, "sync", "--json"], { env: this.#trainerEnv("sync"), cwd: this.#folder });
  }

  /** What has ended although nobody has touched it, since this was asked last. */
  takeSurprises(): string[] {
    return this.#surprises.splice(0);
  }

  async startHub(): Promise<void> {
    if (this.#isHubWanted) return;
    const stack = await startStack(this.#place, { dashboard: false });
    this.#stack = stack;
    this.#isHubWanted = true;
    void stack.child.exited.then((code) => {
      if (this.#stack !== stack || !this.#isHubWanted) return;
      this.#isHubWanted = false;
      this.#surprises.push(`the hub ended by itself (${code}):\n${stack.child.output().slice(-2000)}`);
    });
  }

  async killHub(): Promise<void> {
    this.#isHubWanted = false;
    await this.stack.child.kill("SIGKILL");
  }

  /** The hub is to end loudly when its database does. */
  async killDatabase(): Promise<void> {
    this.#isHubWanted = false;
    signalAll([this.#databasePid()], "SIGKILL");
    const code = await this.stack.child.exited;
    if (code === 0) this.#surprises.push("the hub ended with exit code 0 when its database was killed");
  }

  copyDatabase(): Promise<void> {
    return this.#whileStopped(() => {
      rmSync(this.#copy, { recursive: true, force: true });
      execFileSync("cp", ["-a", this.#cluster, this.#copy]);
    });
  }

  /** `look` is called when nobody can acknowledge anything. */
  restoreDatabase(look: () => void): Promise<void> {
    return this.#whileStopped(() => {
      if (!existsSync(this.#copy)) return;
      rmSync(this.#cluster, { recursive: true });
      execFileSync("cp", ["-a", this.#copy, this.#cluster]);
      look();
    });
  }

  /** Sets a process's wall clock on by so much (or back). */
  stepClock(name: string, ms: number): void {
    const file = this.#clock(name);
    writeFileSync(file, String(ms + (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0)));
  }

  /** All clocks tell the machine's time again, as at the start. */
  setClocksRight(): void {
    for (const name of readdirSync(join(this.#folder, "clocks"))) writeFileSync(this.#clock(name), "0");
  }

  /** Stops a process as it stands, and all below it. */
  stop(target: Target, pid = target === "database" ? this.#databasePid() : (this.stack.child.process.pid ?? 0)): void {
    const pids = target === "database" ? familyOf(pid) : [pid];
    this.#stopped.set(target, pids);
    signalAll(pids, "SIGSTOP");
  }

  continue(target: Target): void {
    signalAll(this.#stopped.get(target) ?? [], "SIGCONT");
    this.#stopped.delete(target);
  }

  fillDisk(disk: Disk): void {
    this.#disks[disk]?.fill();
  }

  /** A database may end for want of room; it is started again once there is some. */
  async freeDisk(disk: Disk): Promise<void> {
    this.#disks[disk]?.free();
    if (this.#isHubWanted || disk === "spool") return;
    this.#surprises.splice(0);
    await this.startHub();
  }

  /** All trouble ends, and everything runs. */
  async mend(): Promise<void> {
    for (const target of [...this.#stopped.keys()]) this.continue(target);
    this.proxy.heal();
    await this.freeDisk("spool");
    await this.freeDisk("database");
    await this.startHub();
  }

  async close(): Promise<void> {
    for (const target of [...this.#stopped.keys()]) this.continue(target);
    this.#isHubWanted = false;
    await this.#stack?.stop();
    await this.proxy.close();
    for (const disk of Object.values(this.#disks)) disk?.remove();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #trainerEnv(name: string): Record<string, string> {
    return { ...this.#env(name), TAILBONE_DATA: join(this.#folder, "spool/data") };
  }

  #env(name: string): Record<string, string> {
    return {
      TAILBONE_URL: `http://127.0.0.1:${this.proxy.port}`,
      TAILBONE_CONFIG_HOME: join(this.#folder, "config"),
      NODE_OPTIONS: `--import ${wallClock}`,
      FAULTS_CLOCK: this.#clock(name),
    };
  }

  #clock(name: string): string {
    return join(this.#folder, "clocks", name);
  }

  get #cluster(): string {
    return join(this.#folder, "database/data/postgres/cluster");
  }

  get #copy(): string {
    return join(this.#folder, "copy");
  }

  #databasePid(): number {
    return Number.parseInt(readFileSync(join(this.#cluster, "postmaster.pid"), "utf8"), 10);
  }

  async #whileStopped(action: () => void): Promise<void> {
    this.#isHubWanted = false;
    await this.stack.stop();
    action();
    await this.startHub();
  }
}
