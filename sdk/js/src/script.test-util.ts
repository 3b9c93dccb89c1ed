import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const sdk = fileURLToPath(new URL("./index.ts", import.meta.url));

export interface Script {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: unknown; signal: unknown; output: string }>;
  /** Resolves once `text` is among what it has written; rejects when it has ended without it. */
  readonly said: (text: string) => Promise<void>;
}

/** Runs a script in a process of its own, in which `init` is the SDK's; it lies in `dir`, as does what it spools. */
export function startScript(dir: string, body: string, hub: { url: string; key: string }): Script {
  const file = join(dir, "train.mts");
  writeFileSync(file, `import { init } from ${JSON.stringify(sdk)};\n${body}`);
  const env = {
    ...process.env,
    TAILBONE_URL: hub.url,
    TAILBONE_API_KEY: hub.key,
    TAILBONE_DATA: dir,
    NODE_OPTIONS: "",
  };
  const child = spawn(process.execPath, ["--import", loader, file], { env, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const closed = once(child, "close");
  const ended = closed.then(([code, signal]: unknown[]) => ({ code, signal, output }));
  const said = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`It has ended without "${text}": ${output}`);
      await Promise.race([once(child.stdout, "data"), once(child.stderr, "data"), closed]);
    }
  };
  return { child, ended, said };
}
