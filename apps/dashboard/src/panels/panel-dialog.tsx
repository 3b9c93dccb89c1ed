"use client";
import { LIMITS, utf8Length } from "@tailbone/protocol/limits";
import type { PanelSpec } from "@tailbone/protocol/page-state/panels";
import { fitsSeries, seriesPatternSchema } from "@tailbone/protocol/series-pattern";
import { type FormEvent, useRef, useState } from "react";
import { searchSeries } from "../charts/groups";
import { formatPlural } from "../format/number";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FormCheck, FormField } from "../ui/form-parts";
import { Input } from "../ui/input";
import type { PanelChange } from "./edit-layout";

export interface PanelDialogProps {
  /** Null: a new one. */
  panel: PanelSpec | null;
  /** All series of the run. */
  names: readonly string[];
  onSave: (change: PanelChange) => void;
  onClose: () => void;
}

const LISTED = 200;

/** The series of a panel: picked by hand, and by a pattern. */
export function PanelDialog({ panel, names, onSave, onClose }: PanelDialogProps) {
  const first = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState(panel?.title ?? "");
  const [pattern, setPattern] = useState(panel?.pattern ?? "");
  const [find, setFind] = useState("");
  const [picked, setPicked] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [fault, setFault] = useState<{ field: "title" | "pattern" | "series"; says: string } | null>(null);
  const fits = (name: string): boolean => pattern !== "" && fitsSeries(pattern, name);
  const isThere = (name: string): boolean =>
    panel !== null && (panel.series.includes(name) || (fits(name) && !panel.without.includes(name)));
  const isChecked = (name: string): boolean => picked.get(name) ?? (panel === null ? fits(name) : isThere(name));
  const shown = names.filter(isChecked);
  const found = searchSeries(names, find);

  function faultOf(left: number): typeof fault {
    if (utf8Length(title) > LIMITS.nameBytes) return { field: "title", says: "This title is too long." };
    if (pattern !== "" && !seriesPatternSchema.safeParse(pattern).success)
      return { field: "pattern", says: "This pattern is too long." };
    if (left === 0 && pattern === "") return { field: "series", says: "Pick a series, or give a pattern." };
    const isMuch = `A panel names at most ${LIMITS.panelSeries} series; a pattern takes more.`;
    return left > LIMITS.panelSeries ? { field: "series", says: isMuch } : null;
  }
  function save(event: FormEvent): void {
    event.preventDefault();
    const pick = (isOn: boolean) => [...picked].filter(([, one]) => one === isOn).map(([name]) => name);
    const added = pick(true).filter((name) => !isThere(name));
    const removed = pick(false).filter((name) => isThere(name) || fits(name));
    const found = faultOf((panel?.series ?? []).filter((name) => !removed.includes(name)).length + added.length);
    setFault(found);
    if (found !== null) return;
    const named = title.trim() === "" ? null : title.trim();
    onSave({ title: named, pattern: pattern === "" ? null : pattern, added, removed });
  }

  return (
    <Dialog
      open
      first={first}
      onOpenChange={(open) => !open && onClose()}
      title={panel === null ? "Add a panel" : "Series of the panel"}
      description="Everybody in the team sees it so, in all runs of this project."
    >
      <form onSubmit={save} className="grid gap-3" aria-label="Panel">
        <FormField
          label="Pattern"
          hint="Takes all series that fit, new ones too. * stands for anything: */loss, train/*"
          placeholder="none"
          ref={panel === null ? first : undefined}
          autoComplete="off"
          spellCheck={false}
          value={pattern}
          error={fault?.field === "pattern" ? fault.says : undefined}
          onChange={(event) => setPattern(event.target.value.trim())}
        />
        <div className="grid gap-1">
          <div className="flex items-baseline justify-between gap-3">
            <span className="font-medium text-soft text-xs">Series</span>
            <span className="text-faint text-xs" aria-live="polite">
              {shown.length} of {formatPlural(names.length, "series", "series")} shown
            </span>
          </div>
          <Input
            className="h-7 text-xs"
            placeholder="Find a series"
            ref={panel === null ? undefined : first}
            aria-label="Find a series"
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
          <ul
            className="h-48 overflow-y-auto rounded-md border border-line-strong px-2 py-1 text-xs"
            aria-label="Series of the run"
          >
            {found.slice(0, LISTED).map((name) => (
              <li key={name} className="flex items-center gap-2 py-0.5">
                <FormCheck
                  label={<span className="break-all">{name}</span>}
                  checked={isChecked(name)}
                  onChange={(event) => setPicked(new Map(picked).set(name, event.target.checked))}
                />
                {fits(name) ? <span className="ml-auto shrink-0 text-faint">by the pattern</span> : null}
              </li>
            ))}
            {found.length === 0 ? <li className="py-1 text-faint">No series is called so.</li> : null}
            {found.length > LISTED ? (
              <li className="py-1 text-faint">and {found.length - LISTED} more: find them by name.</li>
            ) : null}
          </ul>
          {fault?.field === "series" ? (
            <p role="alert" className="text-bad text-xs">
              {fault.says}
            </p>
          ) : null}
        </div>
        <FormField
          label="Title"
          placeholder="by what it shows"
          autoComplete="off"
          value={title}
          error={fault?.field === "title" ? fault.says : undefined}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            {panel === null ? "Add the panel" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
