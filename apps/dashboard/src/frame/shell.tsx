"use client";
import { type ReactNode, useState } from "react";
import { AlertToasts } from "../alerts/alert-toasts";
import { Drawing } from "../charts/drawing";
import { StatePatterns } from "../life/state-span";
import { LiveProvider } from "../live/live-provider";
import { FrameContext } from "../parts/use-frame";
import { BareDialog } from "../ui/dialog";
import { CommandPalette } from "./command-palette";
import { KeyHelp } from "./key-help";
import { Rail } from "./rail";
import { RAIL_COOKIE } from "./rail-cookie";
import { useKeys } from "./use-keys";

/** What stays while pages come and go: the rail, the command palette, the keys, the live connection. */
export function Shell({ isCollapsed: wasCollapsed, children }: { isCollapsed: boolean; children: ReactNode }) {
  const [isCollapsed, setCollapsed] = useState(wasCollapsed);
  const [open, setOpen] = useState<"palette" | "help" | "drawer" | null>(null);
  useKeys({ openPalette: () => setOpen("palette"), openHelp: () => setOpen("help") });

  function toggleRail(): void {
    const next = !isCollapsed;
    setCollapsed(next);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${RAIL_COOKIE}=${next ? "collapsed" : "open"}; path=/; max-age=31536000; samesite=lax`;
  }
  const close = (): void => setOpen(null);
  const frame = { openPalette: () => setOpen("palette"), openDrawer: () => setOpen("drawer") };
  return (
    <LiveProvider>
      <FrameContext value={frame}>
        <SkipLink />
        <StatePatterns />
        <div className="flex h-dvh">
          <aside
            aria-label="Navigation"
            className={`shrink-0 border-line border-r bg-panel max-md:hidden ${isCollapsed ? "w-12" : "w-52"}`}
          >
            <Rail isCollapsed={isCollapsed} onToggle={toggleRail} />
          </aside>
          <div className="flex min-w-0 flex-1 flex-col">
            <Drawing>{children}</Drawing>
          </div>
        </div>
        <BareDialog
          open={open === "drawer"}
          onClose={close}
          title="Navigation"
          className="inset-y-0 left-0 w-64 border-r"
        >
          <Rail isCollapsed={false} onNavigate={close} />
        </BareDialog>
        <CommandPalette open={open === "palette"} onClose={close} onHelp={() => setOpen("help")} />
        <AlertToasts />
        <KeyHelp open={open === "help"} onClose={close} />
      </FrameContext>
    </LiveProvider>
  );
}

/** For whoever goes by the keyboard: past the rail, to what the page is about. */
function SkipLink() {
  function skip(): void {
    const main = document.querySelector("main");
    if (main === null) return;
    main.tabIndex = -1;
    main.focus();
  }
  return (
    <button
      type="button"
      onClick={skip}
      className="fixed top-2 left-2 z-50 rounded-md bg-accent px-3 py-1.5 font-medium text-accent-ink not-focus:sr-only"
    >
      Skip to the page
    </button>
  );
}
