import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { hostname } from "node:os";

/*
 * A lock that lives exactly as long as whoever holds it: the kernel frees it when the file is closed or its process
 * dies, however that happens. Process ids say nothing about life (they are used again, and differ between containers),
 * so none is asked. What the file says is for people: who holds it, or held it last.
 */

/**
 * Who holds a lock: to be told to people. `kernel` tells machines (and their restarts) apart, containers of one machine
 * it does not.
 */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly kernel: string;
}

export interface HeldLock {
  /** Who held it before and did not release it: it was killed. Null: nobody, or it cannot be read. */
  readonly previous: Holder | null;
  readonly release: () => void;
  /** Deletes the lock's file and releases it: what it guards is gone. */
  readonly remove: () => void;
}

/** `unsupported`: this system or file system has no such locks, so nothing is known of others. */
export type LockOutcome =
  | { readonly kind: "held"; readonly lock: HeldLock }
  | { readonly kind: "taken"; readonly holder: Holder | null }
  | { readonly kind: "unsupported"; readonly why: string };

type TryLock = (fd: number, offset: number, length: number) => boolean;

/** The byte that is locked: far behind the text, which so can be read by others on systems where locks forbid that. */
const LOCKED_AT = 2 ** 30;
const TEXT_BYTES = 4096;

/** Loaded when it is needed: where there is no native part for this system, all the rest works. */
function loadTryLock(): TryLock {
  const native: { tryLock: TryLock } = createRequire(import.meta.url)("fs-native-extensions");
  return native.tryLock;
}

/** This process, to be named where it holds something. */
export function currentHolder(): Holder {
  return { pid: process.pid, host: hostname(), kernel: currentKernel() };
}

function currentKernel(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `${process.platform} ${hostname()}`;
  }
}

/**
 * Takes the lock at `path`, whose folder exists, or says who has it; never waits. Two locks of one process exclude each
 * other as those of two do. Throws what the file system throws.
 */
export function holdLock(path: string, load: () => TryLock = loadTryLock): LockOutcome {
  let tryLock: TryLock;
  try {
    tryLock = load();
  } catch (error) {
    return {
      kind: "unsupported",
      why: `locks cannot be loaded on ${process.platform} ${process.arch} (${wordsOf(error)})`,
    };
  }
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    let isKept = false;
    try {
      const holder = readHolder(fd);
      if (!tryLock(fd, LOCKED_AT, 1)) return { kind: "taken", holder };
      // Whoever held it may have deleted the file meanwhile: then this is the lock of nothing.
      if (!isFileAt(fd, path)) continue;
      writeHolder(fd, currentHolder());
      isKept = true;
      return { kind: "held", lock: keep(fd, path, holder) };
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      return { kind: "unsupported", why: `the file system of ${path} has no locks (${wordsOf(error)})` };
    } finally {
      if (!isKept) closeSync(fd);
    }
  }
}

function keep(fd: number, path: string, previous: Holder | null): HeldLock {
  let isOpen = true;
  const close = (before: () => void): void => {
    if (!isOpen) return;
    isOpen = false;
    try {
      before();
    } finally {
      closeSync(fd);
    }
  };
  return {
    previous,
    release: () => close(() => ftruncateSync(fd, 0)),
    remove: () => close(() => rmSync(path, { force: true })),
  };
}

/** File systems of this machine's own disks and memory: nobody else writes to them while it runs. */
const OWN_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/**
 * Whether a lock that was taken under `kernel` is seen by this one, so that having got it means that its holder is
 * gone. Locks of other machines on a network's file system may not be.
 */
export function canSeeLocksOf(kernel: string, folder: string): boolean {
  if (kernel === currentKernel()) return true;
  return process.platform === "linux" && OWN_FILE_SYSTEMS.has(statfsSync(folder).type);
}

function isFileAt(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false, bigint: true });
  const own = fstatSync(fd, { bigint: true });
  return there !== undefined && there.ino === own.ino && there.dev === own.dev;
}

function readHolder(fd: number): Holder | null {
  const bytes = Buffer.alloc(TEXT_BYTES);
  const text = bytes.toString("utf8", 0, readSync(fd, bytes, 0, TEXT_BYTES, 0));
  try {
    const { pid, host, kernel }: Record<string, unknown> = JSON.parse(text);
    if (typeof pid !== "number" || typeof host !== "string" || typeof kernel !== "string") return null;
    return { pid, host, kernel };
  } catch {
    return null;
  }
}

/** On a full disk nobody is told who holds it, and it is held all the same. */
function writeHolder(fd: number, holder: Holder): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${JSON.stringify(holder)}\n`, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")))
      throw error;
  }
}

function isUnsupported(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"].includes(error.code)
  );
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
