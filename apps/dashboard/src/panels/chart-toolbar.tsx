"use client";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import type { XAxisMode } from "../charts/axis";
import { PanelControls, type PanelControlsProps, ShownRange } from "../charts/panel-controls";
import { rangeTitle } from "../charts/ticks";
import type { PanelsUrl, SetPanelsUrl } from "../page-state/urls";
import { SearchInput } from "../ui/input";

export interface ChartToolbarProps extends PanelControlsProps {
  url: PanelsUrl;
  setUrl: SetPanelsUrl;
  x: XAxisMode;
  /** At its end. */
  children?: ReactNode;
}

/** Search, axes and smoothing of all charts. */
export function ChartToolbar({ url, setUrl, x, children, ...controls }: ChartToolbarProps) {
  return (
    <div className="top-0 z-20 flex flex-wrap sm:sticky items-center gap-x-4 gap-y-2 border-line border-b bg-page/95 px-4 py-2 backdrop-blur">
      <div className="relative w-52 max-sm:w-full">
        <Search className="absolute top-2 left-2 size-3 text-faint" aria-hidden />
        <SearchInput
          className="w-full pl-6.5"
          label="Find a chart"
          value={url.find}
          onFind={(find) => setUrl({ find })}
        />
      </div>
      <PanelControls {...controls} />
      <div className="ml-auto flex items-center gap-3">
        {url.zoom === null ? (
          <span className="text-faint text-xs max-xl:hidden">Drag to zoom, with Shift along y</span>
        ) : (
          <ShownRange
            title={rangeTitle(url.zoom, x)}
            onShowAll={() => void setUrl({ zoom: null }, { history: "push" })}
          />
        )}
        {children}
      </div>
    </div>
  );
}
