import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { isTyping } from "../ui/use-page-keys";

/** Two keys one after the other go to a page. */
export const JUMPS: Readonly<Record<string, { readonly path: string; readonly label: string }>> = {
  p: { path: "/projects", label: "Projects" },
  r: { path: "/runs", label: "Runs" },
  a: { path: "/alerts", label: "Alerts" },
  s: { path: "/settings", label: "Settings" },
};

const JUMP_MS = 1200;

/** The keys that work on every page. */
export function useKeys(actions: { openPalette: () => void; openHelp: () => void }): void {
  const router = useRouter();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let goAtMs = Number.NEGATIVE_INFINITY;
    function press(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const jump = JUMPS[event.key];
      if (event.timeStamp - goAtMs < JUMP_MS && jump !== undefined) {
        goAtMs = Number.NEGATIVE_INFINITY;
        event.preventDefault();
        router.push(jump.path);
      } else if (event.key === "g") goAtMs = event.timeStamp;
      else if (event.key === "?") latest.current.openHelp();
      else if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("input[data-search]");
        if (search === null) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    // Before the keys of a page, which leave alone what has been used here.
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [router]);
}
