"use client";
import { PANEL_SIZES, type PanelSize } from "@tailbone/protocol/page-state/panels";
import { Ellipsis } from "lucide-react";
import { Button } from "../ui/button";
import { Menu, MenuChoice, MenuDialogItem, MenuItem, MenuLabel, MenuLine } from "../ui/menu";
import type { LayoutEdit } from "./edit-layout";
import { changePanel, splitPanel } from "./edit-layout";
import type { ShownPanel } from "./panels-of";

/** What can be done with a panel, besides dragging it. */
export interface PanelActs {
  /** `says`: what was done, with the way back; missing: it is plain to see. */
  readonly change: (edit: LayoutEdit, says?: string) => void;
  readonly move: (panel: ShownPanel, by: 1 | -1) => void;
  /** Opens its series, pattern and title. */
  readonly open: (panel: ShownPanel) => void;
  /** Whether it has a window of x of its own; null: nothing is zoomed that it could keep. */
  readonly ownRange: (id: string) => boolean | null;
  readonly setOwnRange: (id: string, isOwn: boolean) => void;
}

const SIZE_WORDS: Record<PanelSize, string> = { small: "Small", medium: "Medium", wide: "Wide", tall: "Tall" };

export function PanelMenu({ panel, acts }: { panel: ShownPanel; acts: PanelActs }) {
  const { spec, title } = panel;
  const { change, move, open } = acts;
  const ownRange = acts.ownRange(spec.id);
  const isMade = spec.series.length > 1 || spec.pattern !== null;
  return (
    <Menu
      trigger={
        <Button
          look="quiet"
          size="icon"
          className="-ml-1 size-5 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          aria-label={`Arrange ${title}`}
          title="Arrange"
        >
          <Ellipsis />
        </Button>
      }
    >
      <MenuDialogItem onOpen={() => open(panel)}>Add series …</MenuDialogItem>
      {isMade ? (
        <MenuItem onSelect={() => change(splitPanel(spec), `“${title}” is split into single panels.`)}>
          Split into single panels
        </MenuItem>
      ) : null}
      <MenuLine />
      <MenuLabel>Size</MenuLabel>
      {PANEL_SIZES.map((size) => (
        <MenuChoice key={size} checked={size === spec.size} onCheckedChange={() => change(changePanel(spec, { size }))}>
          {SIZE_WORDS[size]}
        </MenuChoice>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => move(panel, -1)}>Move earlier</MenuItem>
      <MenuItem onSelect={() => move(panel, 1)}>Move later</MenuItem>
      <MenuItem onSelect={() => change(changePanel(spec, { pinned: !spec.pinned }))}>
        {spec.pinned ? "Unpin" : "Pin to the top"}
      </MenuItem>
      {ownRange === null ? null : (
        <MenuItem onSelect={() => acts.setOwnRange(spec.id, !ownRange)}>
          {ownRange ? "Zoom with the others" : "Keep this zoom here"}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem onSelect={() => change(changePanel(spec, { hidden: true }), `“${title}” is hidden.`)}>Hide</MenuItem>
    </Menu>
  );
}
