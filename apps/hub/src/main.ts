import { runHub } from "./run-hub";

// The hub alone, from its sources: the dashboard's process is started by the built one, as `tailbone start` runs it.
await runHub({ dashboard: "off" });
