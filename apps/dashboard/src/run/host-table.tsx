import type { RunDetail } from "@tailbone/protocol/run";
import { formatBytes } from "../format/number";

/** Where the run was trained. */
export function HostTable({ run: { host, writers } }: { run: RunDetail }) {
  if (host === null) return <p className="px-4 pt-4 text-faint">The script has said nothing about its host.</p>;
  const facts: [name: string, value: string][] = [
    ["Host", host.hostname],
    ["System", host.platform],
    ["CPU", `${host.cpuModel}, ${host.cpuCount} cores`],
    ["Memory", formatBytes(host.memoryBytes)],
    ["GPU", host.gpus.length === 0 ? "none found" : host.gpus.join(", ")],
    ["Node", host.nodeVersion],
    ["SDK", host.sdkVersion],
    ["Process", String(host.pid)],
    ["Command", host.command],
    ["Folder", host.workingDirectory],
    ...(host.gitCommit === undefined ? [] : ([["Git commit", host.gitCommit]] as [string, string][])),
    ["Started", writers.length === 1 ? "once" : `${writers.length} times (resumed)`],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 px-4 py-3 lg:grid-cols-[auto_1fr_auto_1fr]">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
