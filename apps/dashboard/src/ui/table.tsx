import { type ReactNode, type RefObject, useRef } from "react";
import { cn } from "./cn";
import { Skeleton } from "./skeleton";
import { useRowKeys } from "./use-row-keys";

/** What stands above a column; above numbers, at the right. */
type Head = string | { readonly number: string };

interface TableProps {
  label: string;
  /** Missing: the children are head and body. */
  heads?: readonly Head[];
  children: ReactNode;
}

/** A table whose rows open something: `j` and `k` move among them. One to a page. */
export function KeyedTable(props: TableProps) {
  const table = useRef<HTMLTableElement>(null);
  useRowKeys(table);
  return <Table {...props} ref={table} />;
}

/** A dense table that scrolls sideways within itself; its head stays. */
export const Table = ({ label, heads, children, ref }: TableProps & { ref?: RefObject<HTMLTableElement | null> }) => (
  <div className="overflow-x-auto">
    <table
      ref={ref}
      aria-label={label}
      className="w-full border-separate border-spacing-0 [&_td]:h-8 [&_td]:whitespace-nowrap [&_td]:border-line [&_td]:border-b [&_td]:px-3 [&_td]:first:pl-4 [&_th]:sticky [&_th]:top-0 [&_th]:z-10 [&_th]:h-8 [&_th]:whitespace-nowrap [&_th]:border-line [&_th]:border-b [&_th]:bg-page [&_th]:px-3 [&_th]:text-left [&_th]:font-medium [&_th]:text-soft [&_th]:text-xs [&_th]:first:pl-4 [&_th.text-right]:text-right [&_tr:hover>td]:bg-sunken/60"
    >
      {heads === undefined ? (
        children
      ) : (
        <>
          <thead>
            <tr>
              {heads.map((head) => (
                <th
                  key={typeof head === "string" ? head : `${head.number}, a number`}
                  className={cn(typeof head !== "string" && "text-right")}
                >
                  {typeof head === "string" ? head : head.number}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </>
      )}
    </table>
  </div>
);

/** The shape of a table on its way. */
export const TableSkeleton = ({ rows }: { rows: number }) => (
  <div className="grid gap-3 px-4 py-3" aria-busy>
    {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row) => (
      <Skeleton key={row} className="h-5 w-full" />
    ))}
  </div>
);
