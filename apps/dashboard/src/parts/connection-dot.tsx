"use client";
import type { ConnectionState } from "@tailbone/client/live-connection";
import { formatClock } from "../format/time";
import { useConnectionState } from "../live/live-provider";
import { cn } from "../ui/cn";
import { Hint } from "../ui/hint";

const looks: Record<ConnectionState["name"], { dot: string; hint: string }> = {
  connecting: { dot: "bg-faint", hint: "Connecting to the hub." },
  live: { dot: "bg-good", hint: "What you see is what the hub has." },
  "catching-up": { dot: "bg-warn", hint: "Connected again; what was missed is being read." },
  offline: {
    dot: "border-2 border-bad bg-transparent",
    hint: "The hub does not answer. What is on the page stays, and goes on without a gap when it is back.",
  },
};

function wordsOf(state: ConnectionState): string {
  switch (state.name) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "catching-up":
      return "catching up";
    case "offline":
      return `offline since ${formatClock(state.sinceMs, Date.now())}`;
  }
}

/** Says in a word whether the page is live. */
export function ConnectionDot() {
  const state = useConnectionState();
  const { dot, hint } = looks[state.name];
  return (
    <Hint text={state.name === "offline" && state.reason !== null ? state.reason : hint} side="bottom">
      <span
        role="status"
        data-testid="connection"
        data-state={state.name}
        className="flex items-center gap-1.5 whitespace-nowrap text-soft text-xs"
      >
        <span className={cn("size-2 rounded-full", dot)} />
        {wordsOf(state)}
      </span>
    </Hint>
  );
}
