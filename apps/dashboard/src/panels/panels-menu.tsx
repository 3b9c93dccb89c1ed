"use client";
import { DEEPEST_SECTION, type PanelLayout } from "@tailbone/protocol/page-state/panels";
import { Button } from "../ui/button";
import { Menu, MenuChoice, MenuDialogItem, MenuItem, MenuLabel, MenuLine } from "../ui/menu";
import { setSections } from "./edit-layout";
import type { PanelActs } from "./panel-menu";

export interface PanelsMenuProps {
  layout: PanelLayout;
  names: readonly string[];
  acts: Pick<PanelActs, "change">;
  onAdd: () => void;
  /** Sections as they are folded here; null: as they are for everybody. */
  closed: readonly string[] | null;
  onClosedKept: () => void;
}

const DEPTH_WORDS = ["One section", "First part of the name", "First two parts", "First three parts"];

/** What is arranged of all panels of a project. */
export function PanelsMenu({ layout, names, acts, onAdd, closed, onClosedKept }: PanelsMenuProps) {
  const { depth } = layout.sections;
  const parts = names.reduce((most, name) => Math.max(most, name.split("/").length - 1), 1);
  const deepest = Math.min(DEEPEST_SECTION, Math.max(parts, depth));
  return (
    <Menu align="end" trigger={<Button size="small">Panels</Button>}>
      <MenuDialogItem onOpen={onAdd}>Add a panel …</MenuDialogItem>
      <MenuLine />
      <MenuLabel>Sections by</MenuLabel>
      {Array.from({ length: deepest + 1 }, (_, one) => one).map((one) => (
        <MenuChoice key={one} checked={one === depth} onCheckedChange={() => acts.change(setSections({ depth: one }))}>
          {DEPTH_WORDS[one] ?? `First ${one} parts`}
        </MenuChoice>
      ))}
      {closed === null ? null : (
        <>
          <MenuLine />
          <MenuItem
            onSelect={() => {
              acts.change(setSections({ closed: [...closed] }));
              onClosedKept();
            }}
          >
            Fold sections so for the whole team
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
