import type { RunDetail } from "@tailbone/protocol/run";

/** Of what a run has died, where its output ends, and how it goes on. */
export function CrashNote({ run }: { run: Pick<RunDetail, "id" | "error" | "lastStep"> }) {
  const { id, error, lastStep } = run;
  if (error === null) return null;
  const { name, message, stack } = error;
  return (
    <section aria-label="Crash" data-testid="crash" className="border-bad border-l-2 bg-bad-soft px-3.5 py-2 text-xs">
      <pre className="max-h-60 overflow-auto whitespace-pre-wrap break-all font-mono">
        {stack?.includes(message) ? stack : `${name}: ${message}${stack === undefined ? "" : `\n${stack}`}`}
      </pre>
      <p className="mt-1.5 text-soft">
        Mend the cause, then go on with the same run:{" "}
        <code className="font-mono text-ink">{`init({ id: "${id}", resume: true })`}</code>. It goes on behind
        {lastStep === null ? " what is there" : ` step ${lastStep}`}; steps that are logged again take the place of
        those that are there, which stay in sight.
      </p>
    </section>
  );
}
