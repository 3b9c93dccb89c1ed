"use client";
import type { JsonObject } from "@tailbone/protocol/json";
import { parseAsString, useQueryState } from "nuqs";
import { CopyButton } from "../ui/copy-button";
import { Input } from "../ui/input";
import { EmptyNotice } from "../ui/notice";
import { Table } from "../ui/table";
import { flattenConfig, searchConfig } from "./flat-config";

const findParser = parseAsString.withDefault("");

/** What the run was started with, as a table of its innermost values. */
export function ConfigTab({ config }: { config: JsonObject }) {
  const [find, setFind] = useQueryState("key", findParser);
  const entries = flattenConfig(config);
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
        <Input
          data-search
          className="h-7 w-60 text-xs"
          placeholder="Find a key or value  ( / )"
          aria-label="Find a key or value"
          value={find}
          onChange={(event) => void setFind(event.target.value)}
        />
        <span className="text-faint text-xs">
          {found.length} of {entries.length}
        </span>
        <span className="ml-auto">
          <CopyButton text={JSON.stringify(config, null, 2)} label="Copy as JSON" />
        </span>
      </div>
      {found.length === 0 ? (
        <EmptyNotice title={`Neither key nor value has “${find}” in it.`} className="px-4" />
      ) : (
        <Table label="Config">
          <thead>
            <tr>
              <th className="w-72">Key</th>
              <th>Value</th>
            </tr>
          </thead>
          <tbody>
            {found.map(({ path, value }) => (
              <tr key={path.join("\u0000")}>
                <td>
                  {path.slice(0, -1).map((key) => `${key}.`)}
                  <span className="font-medium">{path.at(-1)}</span>
                </td>
                <td className="!whitespace-pre-wrap break-all font-mono text-xs">
                  {typeof value === "string" ? value : JSON.stringify(value)}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}
