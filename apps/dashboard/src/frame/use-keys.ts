import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

/** Two keys one after the other go to a page. */
export const JUMPS: Readonly<Record<string, { readonly path: string; readonly label: string }>> = {
  p: { path: "/", label: "Projects" },
  r: { path: "/runs", label: "Runs" },
  a: { path: "/alerts", label: "Alerts" },
  s: { path: "/settings", label: "Settings" },
};

const JUMP_MS = 1200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The keys that work on every page. */
export function useKeys(actions: { openPalette: () => void; openHelp: () => void }): void {
  const router = useRouter();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let goAtMs = 0;
    function press(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const jump = JUMPS[event.key];
      if (event.timeStamp - goAtMs < JUMP_MS && jump !== undefined) {
        goAtMs = 0;
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
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [router]);
}
