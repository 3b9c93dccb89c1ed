import { Skeleton } from "../../ui/skeleton";

/** The shape of the inbox on its way: runs with their alerts. */
export const InboxSkeleton = () => (
  <div aria-busy className="grid gap-6 border-line border-t px-4 py-3">
    {["first", "second"].map((run) => (
      <div key={run} className="grid gap-3">
        <Skeleton className="h-4 w-40" />
        {["first", "second", "third"].map((alert) => (
          <div key={alert} className="grid gap-1.5 pl-4">
            <Skeleton className="h-4 w-72 max-w-full" />
            <Skeleton className="h-3 w-[32rem] max-w-full" />
          </div>
        ))}
      </div>
    ))}
  </div>
);
