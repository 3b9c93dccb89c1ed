"use client";
import { useMutation } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { createKey } from "../api/access-calls";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";

const never = (): (() => void) => () => {};

const code = (project: string): string => `import { init } from "tailbone";

const run = await init({ project: ${JSON.stringify(project)}, config: { lr: 1e-3 } });
for (let step = 0; step < 1000; step++) run.log({ loss: trainOneStep() });
await run.finish();`;

const isUsual = (url: string): boolean => ["http://127.0.0.1:4400", "http://localhost:4400"].includes(url);

/** `key`: null where the SDK finds it by itself. */
function environment(url: string, key: string | null): string {
  const address = `export TAILBONE_URL=${url}`;
  return key === null ? address : `${address}\nexport TAILBONE_API_KEY=${key}`;
}

/** What to paste to see a first run; the page goes on by itself when it comes. */
export function FirstRun({ project = "my-project" }: { project?: string | undefined }) {
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
  const key = useMutation({ mutationFn: () => createKey({ name: "first run", scopes: ["ingest"] }) });
  return (
    <div className="grid max-w-2xl gap-5 px-4 py-8">
      <div>
        <h1 className="font-semibold text-base">Log your first run</h1>
        <p className="mt-1 text-soft">Paste this into a training script. Its points are here while it runs.</p>
      </div>
      <Snippet title="In the script's folder, once" text={`npm install ${origin}/tailbone.tgz`} />
      <Snippet title="In the script" text={code(project)} />
      {isUsual(origin) ? null : <Snippet title="In the shell" text={environment(origin, null)} />}
      <section className="grid gap-2">
        <h2 className="font-medium">On another machine, or as another user</h2>
        <p className="text-soft">
          On the machine where Tailbone runs, the SDK finds its key by itself. Elsewhere, give it an address and a key.
        </p>
        {key.data === undefined ? (
          <div>
            <Button look="plain" disabled={key.isPending} onClick={() => key.mutate()}>
              Create an API key
            </Button>
          </div>
        ) : (
          <>
            <Snippet title="In the shell" text={environment(origin, key.data.secret)} />
            <p className="text-faint text-xs">The key is shown this once. It can be revoked under Settings.</p>
          </>
        )}
      </section>
      <p role="status" className="flex items-center gap-2 text-soft">
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
        Waiting for the first run …
      </p>
    </div>
  );
}

function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-panel">
      <header className="flex items-center justify-between border-line border-b py-1.5 pr-1.5 pl-3">
        <h2 className="text-soft text-xs">{title}</h2>
        <CopyButton text={text} />
      </header>
      <pre className="overflow-x-auto p-3 font-mono text-xs leading-5">{text}</pre>
    </section>
  );
}
