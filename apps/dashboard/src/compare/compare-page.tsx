"use client";
import { MOST_COMPARED } from "@tailbone/protocol/page-state/views";
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
  const named = [...new Set(url.runs)];
  const ids = named.slice(0, MOST_COMPARED);
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
        {named.length === ids.length ? null : (
          <p role="status" className="px-4 pb-2 text-sm text-warn">
            This address names {formatPlural(named.length, "run")}; the first {MOST_COMPARED} are compared.
          </p>
        )}
        {missing.length === 0 ? null : (
          <p role="status" className="px-4 pb-2 text-sm text-warn">
            {formatPlural(missing.length, "run")} of this address {missing.length === 1 ? "is" : "are"} not there (any
            more): {firstOf(missing)}
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

const NAMED = 3;

const firstOf = (ids: readonly string[]): string =>
  ids.slice(0, NAMED).join(", ") + (ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "");
