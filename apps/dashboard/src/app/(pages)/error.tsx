"use client";
import { toTailboneError } from "../../api/client";
import { ErrorNotice } from "../../ui/notice";

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="p-6">
      <ErrorNotice error={toTailboneError(error)} onRetry={reset} />
      {error.digest === undefined ? null : (
        <p className="mt-2 text-faint text-xs">The hub's log has the details under the id {error.digest}.</p>
      )}
    </main>
  );
}
