import type { ReactNode } from "react";
import { Skeleton } from "./skeleton";

/** A dense table that scrolls sideways within itself; its head stays. */
export const Table = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="overflow-x-auto">
    <table
      aria-label={label}
      className="w-full border-separate border-spacing-0 [&_td]:h-8 [&_td]:whitespace-nowrap [&_td]:border-line [&_td]:border-b [&_td]:px-3 [&_td]:first:pl-4 [&_th]:sticky [&_th]:top-0 [&_th]:z-10 [&_th]:h-8 [&_th]:whitespace-nowrap [&_th]:border-line [&_th]:border-b [&_th]:bg-page [&_th]:px-3 [&_th]:text-left [&_th]:font-medium [&_th]:text-soft [&_th]:text-xs [&_th]:first:pl-4 [&_th.text-right]:text-right [&_tr:hover>td]:bg-sunken/60"
    >
      {children}
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
