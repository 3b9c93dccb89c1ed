"use client";
import { comparePath } from "@tailbone/protocol/page-paths";
import { MOST_COMPARED, RUN_FACTS } from "@tailbone/protocol/page-state/views";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { useDeferredValue, useEffect } from "react";
import { queries } from "../api/queries";
import { formatCount, formatPlural } from "../format/number";
import { runsUrl } from "../page-state/urls";
import { FirstRun } from "../parts/first-run";
import { isMissing, MissingNotice } from "../parts/missing-notice";
import { TopLine } from "../parts/top-line";
import { Unread } from "../parts/unread";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { EmptyNotice } from "../ui/notice";
import { UnreadableNotice } from "../ui/unreadable";
import { ColumnMenu } from "./column-menu";
import { FilterNotice } from "./filter-notice";
import { RunsTable } from "./runs-table";
import { chooseSeries, knownSeries } from "./series-columns";
import { useKeptColumns } from "./use-kept-columns";
import { useRuns } from "./use-runs";
import { useTypedFilter } from "./use-typed-filter";

/** The runs of a project, or of all projects. */
export function RunsPage({ project }: { project: string | null }) {
  const [url, setUrl] = useQueryStates(runsUrl, { history: "replace" });
  const typed = useTypedFilter(url.filter);
  const filter = useDeferredValue(typed.asked);
  const runs = useRuns({ project, filter, sort: url.sort });
  const { data: projects } = useQuery(queries.projects);
  const name =
    project === null
      ? "Runs"
      : (projects?.projects.find(({ id }) => id === project)?.name ?? runs.rows[0]?.project.name);
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Tailbone`;
  }, [name]);

  const known = knownSeries(runs.rows);
  const kept = useKeptColumns(project);
  const series = url.series ?? kept.columns?.series ?? chooseSeries(known);
  const facts = url.facts ?? kept.columns?.facts ?? RUN_FACTS;
  const isChanged = url.series !== null || url.facts !== null;
  const crumbs =
    project === null ? [{ label: "Runs" }] : [{ label: "Projects", href: "/projects" }, { label: name ?? "…" }];
  const isFiltered = filter !== "";
  return (
    <>
      <TopLine crumbs={crumbs} />
      <main className="min-h-0 flex-1 overflow-auto">
        <div className="sticky left-0 flex flex-wrap items-center gap-3 px-4 py-2">
          <h1 className="font-semibold text-base max-sm:w-full">{name ?? "Runs"}</h1>
          <Input
            data-search
            className="h-7 w-80 text-xs max-sm:flex-1"
            placeholder="Filter: words, config.lr<0.01, last(loss)<0.2  ( / )"
            aria-label="Filter runs"
            aria-invalid={typed.error !== null}
            value={url.filter}
            onChange={(event) => void setUrl({ filter: event.target.value })}
          />
          <span className="text-faint text-xs" aria-live="polite">
            {runs.data === undefined ? "" : formatPlural(runs.total, "run")}
          </span>
          {url.chosen.length === 0 ? null : (
            <span className="flex items-center gap-2 text-xs">
              <span className="text-soft">
                {formatCount(url.chosen.length)} chosen{url.chosen.length < MOST_COMPARED ? "" : ", the most at once"}
              </span>
              <Button asChild look="primary" size="small">
                <Link href={comparePath(url.chosen)}>Compare</Link>
              </Button>
              <Button look="quiet" size="small" onClick={() => void setUrl({ chosen: [] })}>
                Clear
              </Button>
            </span>
          )}
          <span className="ml-auto">
            <ColumnMenu
              known={known}
              series={series}
              facts={facts}
              onChange={(chosen) => void setUrl(chosen)}
              onKeep={
                kept.keep === null || !isChanged
                  ? undefined
                  : () => {
                      kept.keep?.({ facts: [...facts], series: [...series] });
                      void setUrl({ series: null, facts: null });
                    }
              }
              onReset={isChanged ? () => void setUrl({ series: null, facts: null }) : undefined}
            />
          </span>
        </div>
        {typed.error === null ? null : <FilterNotice filter={url.filter} error={typed.error} />}
        <UnreadableNotice items={runs.unreadable} className="mx-4 mb-2" />
        {project !== null && runs.data === undefined && isMissing(runs.error) ? (
          <MissingNotice what="project" id={project} list={{ href: "/projects", label: "All projects" }} />
        ) : runs.data === undefined || kept.isReading ? (
          <Unread of={runs.data === undefined ? [runs] : []} shape={12} />
        ) : runs.rows.length === 0 && isFiltered ? (
          <EmptyNotice title={`No run fits “${filter}”.`} className="px-4">
            <div>
              <Button size="small" onClick={() => void setUrl({ filter: "" })}>
                Show all runs
              </Button>
            </div>
          </EmptyNotice>
        ) : runs.rows.length === 0 ? (
          <FirstRun project={name} />
        ) : (
          <RunsTable
            runs={runs.rows}
            fresh={runs.fresh}
            facts={facts}
            series={series}
            withProject={project === null}
            chosen={url.chosen}
            onChoose={(chosen) => void setUrl({ chosen: chosen.slice(0, MOST_COMPARED) })}
            sort={url.sort}
            onSort={(sort) => void setUrl({ sort })}
            hasMore={runs.hasNextPage}
            isLoadingMore={runs.isFetchingNextPage}
            onMore={() => void runs.fetchNextPage()}
          />
        )}
      </main>
    </>
  );
}
