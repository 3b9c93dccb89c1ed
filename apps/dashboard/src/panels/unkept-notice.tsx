import type { TailboneError } from "@tailbone/protocol/errors";
import type { SavedPageView } from "../page-state/use-saved-page";
import { Button } from "../ui/button";

/** Says that what the team has arranged is not what is shown, and that nothing of it is lost. */
export function UnkeptNotice({ problem, mend }: { problem: TailboneError; mend: SavedPageView<unknown>["mend"] }) {
  return (
    <div
      role="alert"
      className="mx-4 mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-warn/40 bg-panel px-3 py-2 text-xs"
    >
      <p className="min-w-0 flex-1 basis-80">
        <span className="font-medium">{problem.message}</span>{" "}
        <span className="text-soft">
          {problem.hint} Until then each series has a panel of its own, and nothing can be arranged.
        </span>
      </p>
      {mend === null ? null : (
        <Button size="small" onClick={mend.act}>
          {mend.does === "retry" ? "Try again" : "Begin anew"}
        </Button>
      )}
    </div>
  );
}
