"use client";
import { type Outliers, X_MODES, type XMode } from "@tailbone/protocol/page-state/views";
import { Slider } from "radix-ui";
import { useId } from "react";
import { Button } from "../ui/button";
import { Segmented } from "../ui/segmented";
import { X_WORDS } from "./axis";

/** What is set for panels: their axes and smoothing, by the names that they have in the URL. */
interface PanelControlValues {
  readonly x: XMode;
  readonly logx: boolean;
  readonly logy: boolean;
  readonly outliers: Outliers;
  readonly smooth: number;
}

export interface PanelControlsProps {
  values: PanelControlValues;
  /** A window in steps is none in time: a change of `x` shows everything. */
  onChange: (values: Partial<PanelControlValues>) => void;
  /** System metrics have no steps of their own. */
  withSteps: boolean;
}

/** Axes, outliers and smoothing. */
export function PanelControls({ values, onChange, withSteps }: PanelControlsProps) {
  const { x, logx, logy, outliers, smooth } = values;
  const smoothingId = useId();
  const modes = X_MODES.filter((mode) => withSteps || mode !== "step");
  return (
    <>
      <Segmented
        label="x axis"
        value={x}
        options={modes.map((mode) => ({ value: mode, label: X_WORDS[mode] }))}
        onChange={(mode) => onChange({ x: mode })}
      />
      <div className="flex gap-1">
        <Button
          look="quiet"
          size="small"
          aria-pressed={logx}
          disabled={x === "time"}
          onClick={() => onChange({ logx: !logx })}
        >
          log x
        </Button>
        <Button look="quiet" size="small" aria-pressed={logy} onClick={() => onChange({ logy: !logy })}>
          log y
        </Button>
        <Button
          look="quiet"
          size="small"
          aria-pressed={outliers === "shown"}
          title="Whether y reaches to outliers, or they are marked at the edge of the axis"
          onClick={() => onChange({ outliers: outliers === "shown" ? "beyond" : "shown" })}
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
          value={[smooth]}
          onValueChange={([next = 0]) => onChange({ smooth: next })}
        >
          <Slider.Track className="relative h-1 grow rounded-full bg-line-strong">
            <Slider.Range className="absolute h-full rounded-full bg-accent" />
          </Slider.Track>
          <Slider.Thumb
            aria-labelledby={smoothingId}
            className="block size-3 rounded-full border border-line-strong bg-panel shadow-sm"
          />
        </Slider.Root>
        <span className="w-8">{smooth === 0 ? "off" : smooth.toFixed(2)}</span>
      </div>
    </>
  );
}

/** The stretch of x that is shown, and the way back to everything. */
export function ShownRange({ title, onShowAll }: { title: string; onShowAll: () => void }) {
  return (
    <span className="ml-auto flex items-center gap-2 text-xs">
      <span className="text-soft">{title}</span>
      <Button size="small" onClick={onShowAll}>
        Show all
      </Button>
    </span>
  );
}
