import { createContext, useContext } from "react";

/** What pages ask of the frame around them. */
interface Frame {
  readonly openPalette: () => void;
  readonly openDrawer: () => void;
}

export const FrameContext = createContext<Frame | null>(null);

export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (frame === null) throw new Error("useFrame is called outside of a FrameContext");
  return frame;
}
