import type { RunFact } from "@tailbone/protocol/page-state/views";
import type { Run } from "@tailbone/protocol/run";
import { useTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useMemo, useRef } from "react";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { KeyedTable } from "../ui/table";
import { useNow } from "../ui/use-now";
import { ChooseBox } from "./choose-box";
import { chooseRows } from "./choose-rows";
import { features, isNumeric, runColumns, SORT_OF } from "./columns";

export interface RunsTableProps {
  runs: Run[];
  /** Runs that have just arrived. */
  fresh: ReadonlySet<string>;
  facts: readonly RunFact[];
  series: readonly string[];
  withProject: boolean;
  /** Ids of those that are chosen. */
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
  sort: string;
  onSort: (sort: string) => void;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
}

const NO_WORDS = ["name"];

/** Sorted by the hub; a click on a head sorts by it, another one the other way round. */
export function RunsTable(props: RunsTableProps) {
  const { runs, fresh, facts, series, withProject, chosen, onChoose, sort, onSort, hasMore, isLoadingMore, onMore } =
    props;
  const pressedLast = useRef<string | null>(null);
  const now = useNow(5000);
  const columnKey = JSON.stringify([facts, series, withProject]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `columnKey` says what the lists hold, which are new in each render
  const columns = useMemo(() => runColumns({ facts, series, withProject }), [columnKey]);
  const meta = useMemo(() => ({ now }), [now]);
  const table = useTable({ features, columns, data: runs, getRowId: (run) => run.id, meta });
  return (
    <>
      <KeyedTable label="Runs">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              <th className="w-8">
                <ChooseBox
                  label="All runs of the list"
                  isChosen={runs.every(({ id }) => chosen.includes(id))}
                  onPress={() => {
                    const ids = runs.map(({ id }) => id);
                    const others = chosen.filter((id) => !ids.includes(id));
                    onChoose(ids.every((id) => chosen.includes(id)) ? others : [...others, ...ids]);
                  }}
                />
              </th>
              {group.headers.map((header) => (
                <Head key={header.id} id={header.column.id} sort={sort} onSort={onSort}>
                  <table.FlexRender header={header} />
                </Head>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className={cn("relative", fresh.has(row.id) && "animate-flash")}>
              <td>
                <ChooseBox
                  label={`Choose ${row.original.name}`}
                  isChosen={chosen.includes(row.id)}
                  onPress={({ shiftKey }) => {
                    const from = shiftKey ? pressedLast.current : null;
                    pressedLast.current = row.id;
                    onChoose(chooseRows({ rows: runs.map(({ id }) => id), chosen, pressed: row.id, from }));
                  }}
                />
              </td>
              {row.getAllCells().map((cell) => (
                <td key={cell.id} className={cn(isNumeric(cell.column.id) && "text-right")}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </KeyedTable>
      {hasMore ? (
        <div className="px-4 py-3">
          <Button size="small" disabled={isLoadingMore} onClick={onMore}>
            {isLoadingMore ? "Loading …" : "Show more runs"}
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface HeadProps {
  id: string;
  sort: string;
  onSort: (sort: string) => void;
  children: React.ReactNode;
}

function Head({ id, sort, onSort, children }: HeadProps) {
  const key = id.startsWith("series:") ? id : SORT_OF[id];
  const align = isNumeric(id) ? "text-right" : "";
  if (key === undefined) return <th className={align}>{children}</th>;
  const isDescending = sort === `-${key}`;
  const isSorted = isDescending || sort === key;
  // Words are first wanted from A to Z, numbers and times from the largest.
  const first = NO_WORDS.includes(key) ? key : `-${key}`;
  const other = first.startsWith("-") ? key : `-${key}`;
  return (
    <th className={align} aria-sort={isSorted ? (isDescending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        className={cn("inline-flex items-center gap-1 rounded hover:text-ink [&_svg]:size-3", isSorted && "text-ink")}
        onClick={() => onSort(sort === first ? other : first)}
      >
        {children}
        {isSorted ? isDescending ? <ArrowDown /> : <ArrowUp /> : null}
      </button>
    </th>
  );
}
