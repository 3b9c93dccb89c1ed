import { Button } from "../ui/button";
import { EmptyNotice } from "../ui/notice";

/** Why there is no chart. */
export function NoCharts({
  search,
  isRunning,
  system,
  onClear,
}: {
  search: string;
  isRunning: boolean;
  system: boolean;
  onClear: () => void;
}) {
  if (search !== "") {
    return (
      <EmptyNotice title={`No series is called “${search}”.`} className="px-4">
        <div>
          <Button size="small" onClick={onClear}>
            Clear the search
          </Button>
        </div>
      </EmptyNotice>
    );
  }
  if (system) {
    return (
      <EmptyNotice title="No system metrics." className="px-4">
        <p>The SDK measures CPU and memory every five seconds, unless it is told not to.</p>
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice title={isRunning ? "Waiting for the first point." : "This run has logged no points."} className="px-4">
      <p>
        <code className="font-mono text-ink">run.log({"{ loss }"})</code> draws a chart here, a fraction of a second
        later.
      </p>
    </EmptyNotice>
  );
}
