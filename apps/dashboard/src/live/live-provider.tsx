"use client";
import { type ConnectionState, LiveConnection } from "@tailbone/client/live-connection";
import type { TailboneError } from "@tailbone/protocol/errors";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { leaveForSignIn } from "../api/auth";
import { hub } from "../api/client";

const LiveContext = createContext<LiveConnection | null>(null);

/** A hub of another release is waited for: it may be on its way. */
function onTurnedAway({ code }: TailboneError): void {
  if (code === "unauthenticated") leaveForSignIn();
}

/** Opens the page's one live connection. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connection] = useState(() => new LiveConnection({ hub, onTurnedAway }));
  useEffect(() => {
    // What is in no stream may have changed unheard.
    const stop = connection.onReconnected(() => void client.invalidateQueries());
    connection.open();
    return () => {
      stop();
      connection.close();
    };
  }, [connection, client]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

export function useLive(): LiveConnection {
  const connection = useContext(LiveContext);
  if (connection === null) throw new Error("useLive is called outside of LiveProvider");
  return connection;
}

const connecting: ConnectionState = { name: "connecting" };

/** Since when what is on the page is no longer live; null: it is. */
export function useOfflineSince(): number | null {
  const state = useConnectionState();
  return state.name === "offline" ? state.sinceMs : null;
}

export function useConnectionState(): ConnectionState {
  const connection = useLive();
  return useSyncExternalStore(connection.subscribe, connection.state, () => connecting);
}
