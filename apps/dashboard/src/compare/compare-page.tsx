"use client";
import { useQueryStates } from "nuqs";
import { useEffect } from "react";
import { toTailboneError } from "../api/client";
import { ChartsSkeleton } from "../charts/charts-skeleton";
import { formatPlural } from "../format/number";
import { useFollowedRuns } from "../live/use-followed-runs";
import { compareUrl } from "../page-state/urls";
import { TopLine } from "../parts/top-line";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { ComparedCharts } from "./compared-charts";
import { ComparedRuns } from "./compared-runs";
import { useComparedRuns } from "./use-compared-runs";

/** The curves of several runs laid over each other, live. */
export function ComparePage() {
  const [url, setUrl] = useQueryStates(compareUrl, { history: "replace" });
  const ids = [...new Set(url.runs)];
  const { runs, missing, error, isReading, retry } = useComparedRuns(ids);
  const lives = useFollowedRuns(runs.map(({ id }) => id));
  useEffect(() => {
    document.title = "Compare · Tailbone";
  }, []);
  const setRuns = (next: readonly string[]): void => void setUrl({ runs: [...next] }, { history: "push" });
  const isThere = runs.length > 0 && runs.every(({ id }) => lives.has(id));
  return (
    <>
      <TopLine crumbs={[{ label: "Runs", href: "/runs" }, { label: "Compare" }]} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <h1 className="sr-only">Compare runs</h1>
        {ids.length === 0 ? (
          <EmptyNotice title="Choose the runs to compare in the list of runs." className="px-4" />
        ) : (
          <ComparedRuns runs={runs} onDrop={(run) => setRuns(ids.filter((id) => id !== run))} />
        )}
        {error === null ? null : <ErrorNotice error={toTailboneError(error)} onRetry={retry} className="m-4" />}
        {missing.length === 0 ? null : (
          <p role="status" className="px-4 pb-2 text-sm text-warn">
            {formatPlural(missing.length, "run")} of this address {missing.length === 1 ? "is" : "are"} not there (any
            more): {missing.join(", ")}
          </p>
        )}
        {isThere ? (
          <ComparedCharts runs={runs} lives={lives} />
        ) : isReading || runs.length > 0 ? (
          <ChartsSkeleton />
        ) : null}
      </main>
    </>
  );
}
