// Takes the lock that it is given, says what came of it, and holds it until it is killed.
import { register } from "tsx/esm/api";

register();
const { holdLock } = await import(new URL("./held-lock.ts", import.meta.url).href);
const outcome = holdLock(process.argv[2]);
process.stdout.write(`${JSON.stringify({ kind: outcome.kind, pid: process.pid })}\n`);
setInterval(() => outcome, 1000);
