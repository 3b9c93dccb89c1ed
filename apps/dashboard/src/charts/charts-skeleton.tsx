import { Skeleton } from "../ui/skeleton";

const PLACES = ["a", "b", "c", "d", "e", "f"];

export const ChartsSkeleton = () => (
  <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-3 px-4 pt-3" aria-busy>
    {PLACES.map((place) => (
      <div key={place} className="rounded-lg border border-line bg-panel p-3">
        <Skeleton className="h-3 w-24" />
        <Skeleton className="mt-4 h-[178px]" />
      </div>
    ))}
  </div>
);
