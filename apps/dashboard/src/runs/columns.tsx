import { fromWireNumber } from "@tailbone/protocol/json";
import { projectPath, runPath } from "@tailbone/protocol/page-paths";
import type { RunFact } from "@tailbone/protocol/page-state/views";
import type { Run } from "@tailbone/protocol/run";
import { createColumnHelper, tableFeatures } from "@tanstack/react-table";
import Link from "next/link";
import { formatStep, formatValue } from "../format/number";
import { formatDuration } from "../format/time";
import { LifeStrips } from "../life/life-strips";
import { durationMs } from "../parts/run-facts";
import { RunDot, RunStateWord } from "../parts/run-state";
import { Ago } from "../ui/ago";
import { UnreadableMark } from "../ui/unreadable";

export const features = tableFeatures({});
const column = createColumnHelper<typeof features, Run>();

/** By what the hub sorts a column; missing: it does not. */
export const SORT_OF: Readonly<Record<string, string>> = {
  name: "name",
  state: "state",
  started: "started",
  duration: "duration",
};

const SERIES = "series:";
const seriesOf = (columnId: string): string | null =>
  columnId.startsWith(SERIES) ? columnId.slice(SERIES.length) : null;

export const isNumeric = (columnId: string): boolean =>
  seriesOf(columnId) !== null || columnId === "step" || columnId === "duration";

export interface ColumnOptions {
  readonly facts: readonly RunFact[];
  readonly series: readonly string[];
  readonly withProject: boolean;
}

/** The columns of facts, as they stand on either side of the series. */
const BEFORE = [
  column.accessor("state", { id: "state", header: "State", cell: ({ row }) => <RunStateWord run={row.original} /> }),
  column.accessor("tags", {
    id: "tags",
    header: "Tags",
    cell: ({ getValue }) => (
      <span className="flex gap-1">
        {getValue().map((tag) => (
          <span key={tag} className="rounded bg-sunken px-1.5 text-soft text-xs">
            {tag}
          </span>
        ))}
      </span>
    ),
  }),
  column.accessor("lives", {
    id: "lives",
    header: "Lives",
    cell: ({ row: { original: run } }) => <LifeStrips lives={run.lives} lastStep={run.lastStep} />,
  }),
  column.accessor("lastStep", {
    id: "step",
    header: "Step",
    cell: ({ row: { original: run } }) => (run.lastStep === null ? "" : formatStep(run.lastStep)),
  }),
];
const BEHIND = [
  column.accessor("startedAtMs", {
    id: "started",
    header: "Started",
    cell: ({ getValue, table }) => <Ago timeMs={getValue()} now={nowOf(table.options.meta)} />,
  }),
  column.accessor((run) => durationMs(run), {
    id: "duration",
    header: "Took",
    cell: ({ getValue }) => formatDuration(getValue()),
  }),
  column.accessor("createdBy", {
    id: "who",
    header: "Who",
    cell: ({ getValue }) => <span className="text-soft">{getValue()}</span>,
  }),
];
const NAME = column.accessor("name", {
  id: "name",
  header: "Name",
  cell: ({ row: { original: run } }) => (
    <Link
      href={runPath(run.id)}
      prefetch={false}
      className="flex max-w-80 items-center gap-2 rounded font-medium after:absolute after:inset-0 hover:text-accent"
    >
      <RunDot run={run} />
      <span className="truncate">{run.name}</span>
      <UnreadableMark items={run.unreadable} />
    </Link>
  ),
});
const PROJECT = column.accessor((run) => run.project.name, {
  id: "project",
  header: "Project",
  cell: ({ row: { original: run } }) => (
    <Link
      href={projectPath(run.project.id)}
      prefetch={false}
      className="relative z-1 rounded text-soft hover:text-accent"
    >
      {run.project.name}
    </Link>
  ),
});
const seriesColumn = (name: string) =>
  column.accessor((run) => run.last[name], {
    id: `${SERIES}${name}`,
    header: name,
    cell: ({ getValue }) => {
      const value = getValue();
      return value === undefined ? "" : formatValue(fromWireNumber(value));
    },
  });

/** What of each run is shown, from left to right. */
export function runColumns({ facts, series, withProject }: ColumnOptions) {
  const isShown = ({ id }: { id?: string }): boolean => facts.some((fact) => fact === id);
  return column.columns([
    NAME,
    ...(withProject ? [PROJECT] : []),
    ...BEFORE.filter(isShown),
    ...series.map(seriesColumn),
    ...BEHIND.filter(isShown),
  ]);
}

/** The time that the table was drawn at, from its `meta`. */
function nowOf(meta: unknown): number | null {
  const now: unknown = typeof meta === "object" && meta !== null && "now" in meta ? meta.now : null;
  return typeof now === "number" ? now : null;
}
