"use client";
import { fromWireNumber } from "@tailbone/protocol/json";
import { useQuery } from "@tanstack/react-query";
import { useQueryState } from "nuqs";
import { queries } from "../api/queries";
import { formatBytes, formatStep, formatValue } from "../format/number";
import { formatExact } from "../format/time";
import { runUrl } from "../page-state/urls";
import { Unread } from "../parts/unread";
import { CopyButton } from "../ui/copy-button";
import { EmptyNotice } from "../ui/notice";
import { KeyedTable } from "../ui/table";

/** Every step at which the model was measured. */
export function CheckpointsTab({ run }: { run: string }) {
  const query = useQuery(queries.checkpoints(run));
  const { data } = query;
  const [, setStep] = useQueryState("checkpoint", runUrl.checkpoint.withOptions({ history: "push" }));
  if (data === undefined) return <Unread of={[query]} shape={8} />;
  const { checkpoints } = data;
  if (checkpoints.length === 0) {
    return (
      <EmptyNotice title="No checkpoints." className="px-4">
        <p>
          <code className="font-mono text-ink">watch(run, model)</code> measures a TensorFlow.js model at steps 0, 1, 2,
          4 … and then every few hundred.
        </p>
      </EmptyNotice>
    );
  }
  const metrics = [...new Set(checkpoints.flatMap((one) => Object.keys(one.metrics)))].sort();
  const hasWeights = checkpoints.some(({ weights }) => weights !== undefined);
  return (
    <KeyedTable
      label="Checkpoints"
      heads={[{ number: "Step" }, "Time", ...metrics.map((number) => ({ number })), ...(hasWeights ? ["Weights"] : [])]}
    >
      {checkpoints.map(({ step, timeMs, metrics: values, weights }) => (
        <tr key={`${step} ${timeMs}`} className="relative">
          <td className="text-right">
            <button
              type="button"
              title={`Open the checkpoint at step ${formatStep(step)}`}
              className="rounded font-medium after:absolute after:inset-0 hover:text-accent"
              onClick={() => void setStep(step)}
            >
              {formatStep(step)}
            </button>
          </td>
          <td className="text-soft">{formatExact(timeMs)}</td>
          {metrics.map((name) => {
            const value = values[name];
            return (
              <td key={name} className="text-right">
                {value === undefined ? "" : formatValue(fromWireNumber(value))}
              </td>
            );
          })}
          {hasWeights ? (
            <td>
              {weights === undefined ? null : (
                <span className="relative z-1 flex items-center gap-2">
                  <code className="min-w-0 truncate font-mono text-xs" title={weights.path}>
                    {weights.path}
                  </code>
                  <span className="text-faint">{formatBytes(weights.bytes)}</span>
                  <CopyButton text={weights.path} label="Copy path" />
                </span>
              )}
            </td>
          ) : null}
        </tr>
      ))}
    </KeyedTable>
  );
}
