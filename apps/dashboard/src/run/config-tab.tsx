"use client";
import type { Json } from "@tailbone/protocol/json";
import type { RunDetail } from "@tailbone/protocol/run";
import { useQueryState } from "nuqs";
import { formatExact } from "../format/time";
import { runUrl } from "../page-state/urls";
import { CopyButton } from "../ui/copy-button";
import { SearchInput } from "../ui/input";
import { EmptyNotice } from "../ui/notice";
import { Segmented } from "../ui/segmented";
import { Table } from "../ui/table";
import { compareConfigs, searchConfig } from "./flat-config";

const sayValue = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * What the run was started with, as a table of its innermost values; of a run that was resumed, with what each leg has
 * changed.
 */
export function ConfigTab({ run }: { run: Pick<RunDetail, "config" | "writers" | "unreadable"> }) {
  const { config: now, writers, unreadable } = run;
  const [find, setFind] = useQueryState("key", runUrl.key);
  const [leg, setLeg] = useQueryState("leg", runUrl.leg);
  const shown = writers.find((writer) => writer.leg === leg);
  const config = shown?.config ?? now;
  const before = writers.findLast((writer) => writer.leg < (shown?.leg ?? writers.length));
  const entries = compareConfigs(config, before?.config ?? null);
  if (entries.length === 0 && unreadable.some(({ what }) => what === "config")) {
    return <EmptyNotice title="The config is there, and cannot be read." className="px-4" />;
  }
  if (entries.length === 0) {
    return (
      <EmptyNotice title="This run has no config." className="px-4">
        <p>
          Pass one to <code className="font-mono text-ink">{"init({ config: { lr, batch, seed } })"}</code>, so that
          runs can be told apart later.
        </p>
      </EmptyNotice>
    );
  }
  const found = searchConfig(entries, find);
  return (
    <>
      <div className="flex items-center gap-3 border-line border-b px-4 py-2">
        <SearchInput label="Find a key or value" value={find} onFind={setFind} />
        {writers.length < 2 ? null : (
          <Segmented
            label="Leg"
            value={shown === undefined ? "now" : String(shown.leg)}
            options={[
              { value: "now", label: "Now" },
              ...writers.map((writer) => ({ value: String(writer.leg), label: `Leg ${writer.leg}` })),
            ]}
            onChange={(value) => void setLeg(value === "now" ? null : Number(value))}
          />
        )}
        <span className="text-faint text-xs">
          {found.length} of {entries.length}
        </span>
        <span className="ml-auto">
          <CopyButton text={JSON.stringify(config, null, 2)} label="Copy as JSON" />
        </span>
      </div>
      {shown === undefined ? null : (
        <p className="border-line border-b px-4 py-2 text-soft text-xs">
          Leg {shown.leg} began on {formatExact(shown.startedAtMs)} and sent its newest frame on{" "}
          {formatExact(shown.lastAtMs)}.
        </p>
      )}
      {found.length === 0 ? (
        <EmptyNotice title={`Neither key nor value has “${find}” in it.`} className="px-4" />
      ) : (
        <Table label="Config" heads={["Key", "Value"]}>
          {found.map(({ path, value, was }) => (
            <tr key={path.join("\u0000")}>
              <td className="w-72">
                {path.slice(0, -1).map((key) => `${key}.`)}
                <span className="font-medium">{path.at(-1)}</span>
              </td>
              <td className="!whitespace-pre-wrap break-all font-mono text-xs">
                {sayValue(value)}
                {was === undefined || before === undefined ? null : (
                  <span className="ml-3 text-faint">
                    {was === null ? `not in leg ${before.leg}` : `was ${sayValue(was.value)} in leg ${before.leg}`}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
