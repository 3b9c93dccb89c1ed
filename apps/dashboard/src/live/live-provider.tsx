"use client";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { leaveForSignIn } from "../api/auth";
import { type ConnectionState, LiveConnection } from "./connection";

const LiveContext = createContext<LiveConnection | null>(null);

/** Opens the page's one live connection. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [connection] = useState(() => new LiveConnection({ onUnauthenticated: leaveForSignIn }));
  useEffect(() => {
    connection.open();
    return () => connection.close();
  }, [connection]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

export function useLive(): LiveConnection {
  const connection = useContext(LiveContext);
  if (connection === null) throw new Error("useLive is called outside of LiveProvider");
  return connection;
}

const connecting: ConnectionState = { name: "connecting" };

export function useConnectionState(): ConnectionState {
  const connection = useLive();
  return useSyncExternalStore(connection.subscribe, connection.state, () => connecting);
}
