"use client";
import { ChevronDown, ChevronRight } from "lucide-react";
import { formatPlural } from "../format/number";
import { Button } from "../ui/button";
import type { ShownPanel } from "./panels-of";

export interface HiddenPanelsProps {
  hidden: readonly ShownPanel[];
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  /** Null: what is kept cannot be changed now. */
  onShow: ((panel: ShownPanel) => void) | null;
}

/** What is hidden is counted, and comes back from here. */
export function HiddenPanels({ hidden, isOpen, onOpen, onShow }: HiddenPanelsProps) {
  if (hidden.length === 0) return null;
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  const series = new Set(hidden.flatMap((panel) => panel.series)).size;
  return (
    <section aria-label="Hidden">
      <h2 className="mb-2">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => onOpen(!isOpen)}
          className="flex items-center gap-1 rounded font-semibold text-soft text-xs hover:text-accent"
        >
          <Arrow className="size-3.5" />
          Hidden
          <span className="ml-1 font-normal text-faint">
            {formatPlural(hidden.length, "panel")}, {formatPlural(series, "series", "series")}
          </span>
        </button>
      </h2>
      {!isOpen ? null : (
        <ul className="flex flex-wrap gap-2">
          {hidden.map((panel) => (
            <li
              key={panel.spec.id}
              className="flex max-w-full items-center gap-2 rounded-md border border-line bg-panel py-1 pr-1 pl-2.5 text-xs"
            >
              <span className="min-w-0 truncate" title={panel.series.join(", ")}>
                {panel.title}
              </span>
              {panel.series.length === 1 ? null : (
                <span className="shrink-0 text-faint">{formatPlural(panel.series.length, "series", "series")}</span>
              )}
              {onShow === null ? null : (
                <Button size="small" className="h-6" aria-label={`Show ${panel.title}`} onClick={() => onShow(panel)}>
                  Show
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
