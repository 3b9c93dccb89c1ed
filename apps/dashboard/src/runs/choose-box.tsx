import type { MouseEvent } from "react";

export interface ChooseBoxProps {
  /** What it chooses. */
  label: string;
  isChosen: boolean;
  /** With Shift: everything between the last one pressed and this. */
  onPress: (event: MouseEvent) => void;
}

/** A cell's box that chooses what is in its row; it lies above the row's own link. */
export const ChooseBox = ({ label, isChosen, onPress }: ChooseBoxProps) => (
  <input
    type="checkbox"
    aria-label={label}
    className="relative z-1 block size-3.5 cursor-pointer accent-accent"
    checked={isChosen}
    onClick={onPress}
    readOnly
  />
);
