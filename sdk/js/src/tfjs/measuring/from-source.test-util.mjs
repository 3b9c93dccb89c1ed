// The measuring thread as its sources, for tests: a thread does not take over a loader of TypeScript, so it brings its
// own.
import { register } from "tsx/esm/api";

register();
await import("./measuring-worker.ts");
