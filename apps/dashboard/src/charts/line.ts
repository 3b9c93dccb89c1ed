import type { ChartFeeds } from "../live/chart-feeds";

/** One series of one run, as a panel draws it. */
export interface Line {
  /** Its own within the panel, and the same for as long as it is there. */
  readonly key: string;
  readonly run: { readonly id: string; readonly name: string };
  /** Where it comes from. */
  readonly charts: ChartFeeds;
  readonly series: string;
  /** What the legend calls it. */
  readonly name: string;
  readonly colour: string;
  /** As SVG has it (`5 3`); null: drawn through. */
  readonly dash: string | null;
  /** When its run began: where relative time begins. */
  readonly originMs: number;
}
