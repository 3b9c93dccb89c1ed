import { runHub } from "./run-hub";

await runHub({ dashboard: "optional" });
