"use client";
import { X_MODES, type XMode } from "@tailbone/protocol/page-state/views";
import { Search } from "lucide-react";
import { Slider } from "radix-ui";
import { useId } from "react";
import type { XAxisMode } from "../charts/axis";
import { xTitle } from "../charts/ticks";
import type { RunUrl, SetRunUrl } from "../page-state/urls";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { Segmented } from "../ui/segmented";

const X_WORDS: Record<XMode, string> = { step: "Step", relative: "Since start", time: "Time of day" };

export interface ChartToolbarProps {
  url: RunUrl;
  setUrl: SetRunUrl;
  x: XAxisMode;
  /** System metrics have no steps of their own. */
  withSteps: boolean;
}

/** Search, axes and smoothing of all charts. */
export function ChartToolbar({ url, setUrl, x, withSteps }: ChartToolbarProps) {
  const smoothingId = useId();
  const modes = X_MODES.filter((mode) => withSteps || mode !== "step");
  return (
    <div className="top-0 z-20 flex flex-wrap sm:sticky items-center gap-x-4 gap-y-2 border-line border-b bg-page/95 px-4 py-2 backdrop-blur">
      <div className="relative w-52 max-sm:w-full">
        <Search className="absolute top-2 left-2 size-3 text-faint" aria-hidden />
        <Input
          data-search
          className="h-7 pl-6.5 text-xs"
          placeholder="Find a chart  ( / )"
          aria-label="Find a chart"
          value={url.find}
          onChange={(event) => void setUrl({ find: event.target.value })}
        />
      </div>
      <Segmented
        label="x axis"
        value={x.mode}
        options={modes.map((mode) => ({ value: mode, label: X_WORDS[mode] }))}
        // A window in steps is none in time.
        onChange={(mode) => void setUrl({ x: mode, zoom: null })}
      />
      <div className="flex gap-1">
        <Button
          look="quiet"
          size="small"
          aria-pressed={url.logx}
          disabled={x.mode === "time"}
          onClick={() => void setUrl({ logx: !url.logx })}
        >
          log x
        </Button>
        <Button look="quiet" size="small" aria-pressed={url.logy} onClick={() => void setUrl({ logy: !url.logy })}>
          log y
        </Button>
        <Button
          look="quiet"
          size="small"
          aria-pressed={url.outliers === "shown"}
          title="Whether y reaches to outliers, or they are marked at the edge of the axis"
          onClick={() => void setUrl({ outliers: url.outliers === "shown" ? "beyond" : "shown" })}
        >
          outliers
        </Button>
      </div>
      <div className="flex items-center gap-2 text-soft text-xs">
        <span id={smoothingId}>Smoothing</span>
        <Slider.Root
          aria-labelledby={smoothingId}
          className="relative flex h-7 w-28 touch-none items-center"
          min={0}
          max={0.99}
          step={0.01}
          value={[url.smooth]}
          onValueChange={([smooth = 0]) => void setUrl({ smooth })}
        >
          <Slider.Track className="relative h-1 grow rounded-full bg-line-strong">
            <Slider.Range className="absolute h-full rounded-full bg-accent" />
          </Slider.Track>
          <Slider.Thumb
            aria-labelledby={smoothingId}
            className="block size-3 rounded-full border border-line-strong bg-panel shadow-sm"
          />
        </Slider.Root>
        <span className="w-8">{url.smooth === 0 ? "off" : url.smooth.toFixed(2)}</span>
      </div>
      {url.zoom === null ? (
        <span className="ml-auto text-faint text-xs max-lg:hidden">Drag to zoom, with Shift along y</span>
      ) : (
        <span className="ml-auto flex items-center gap-2 text-xs">
          <span className="text-soft">
            {xTitle(Math.round(url.zoom.from), x)} – {xTitle(Math.round(url.zoom.to), x).replace("step ", "")}
          </span>
          <Button size="small" onClick={() => void setUrl({ zoom: null }, { history: "push" })}>
            Show all
          </Button>
        </span>
      )}
    </div>
  );
}
