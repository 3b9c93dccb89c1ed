import { fromWireNumber } from "@tailbone/protocol/json";
import { useQueryState } from "nuqs";
import type { ReactNode } from "react";
import type { CheckpointList } from "../api/calls";
import { formatPercent, formatStep, formatValue } from "../format/number";
import { formatExact } from "../format/time";
import type { FeatureReading, Features } from "../live/features";
import { runUrl } from "../page-state/urls";
import { Dialog } from "../ui/dialog";
import { EstimateText } from "./event-list";
import { ReadingSaid } from "./reading-said";

/** All that was measured at the checkpoint that the URL names. */
export function CheckpointDialog({ checkpoints, features }: { checkpoints: CheckpointList; features: Features }) {
  const [step, setStep] = useQueryState("checkpoint", runUrl.checkpoint.withOptions({ history: "push" }));
  const checkpoint = checkpoints.findLast((one) => one.step === step);
  const found = features.flatMap((feature) => {
    const reading = feature.readings.find((one) => one.step === step);
    return reading === undefined ? [] : [{ feature, reading }];
  });
  const timeMs = checkpoint?.timeMs ?? found[0]?.reading.timeMs;
  const metrics = Object.entries(checkpoint?.metrics ?? {});
  return (
    <Dialog
      open={step !== null}
      onOpenChange={(open) => !open && void setStep(null)}
      title={step === null ? "" : `Checkpoint at step ${formatStep(step)}`}
      description={timeMs === undefined ? "Nothing was measured at this step." : formatExact(timeMs)}
      className="w-[min(48rem,calc(100vw-1.5rem))]"
    >
      <div className="grid gap-4" data-testid="checkpoint">
        {metrics.length === 0 ? null : (
          <dl className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-4 gap-y-2">
            {metrics.map(([name, value]) => (
              <div key={name} className="min-w-0">
                <dt className="truncate text-soft text-xs" title={name}>
                  {name}
                </dt>
                <dd className="font-medium">{formatValue(fromWireNumber(value))}</dd>
              </div>
            ))}
          </dl>
        )}
        {checkpoint?.weights === undefined ? null : (
          <p className="text-soft text-xs">
            Weights: <code className="font-mono text-ink">{checkpoint.weights.path}</code>
          </p>
        )}
        {found.map(({ feature, reading }) => (
          <section key={feature.name} className="grid gap-1.5 border-line border-t pt-3">
            <h3 className="font-semibold">{feature.name}</h3>
            <ReadingSaid feature={feature} reading={reading} isOpen />
            <ReadingTable reading={reading} />
          </section>
        ))}
        {timeMs !== undefined && found.length === 0 ? (
          <p className="border-line border-t pt-3 text-soft">No feature was measured at this checkpoint.</p>
        ) : null}
      </div>
    </Dialog>
  );
}

/** A reading in full. */
function ReadingTable({ reading }: { reading: FeatureReading }) {
  const { encoded, used, benefit, learnt, untrained, intervention, shift, note } = reading;
  const off =
    shift === null
      ? null
      : `${formatPercent(shift.share)} of the examples off their distribution${
          shift.control === null ? "" : `, ${formatPercent(shift.control)} by the control`
        }`;
  const rows: { name: string; says: ReactNode; n?: number | undefined }[] = [
    { name: "encoded", says: <EstimateText estimate={encoded} />, n: encoded?.n },
    { name: "used", says: <EstimateText estimate={used} />, n: used?.n },
    { name: "benefit", says: <EstimateText estimate={benefit} />, n: benefit?.n },
    { name: "encoded, untrained", says: untrained === null ? null : formatValue(untrained) },
    { name: "learnt", says: learnt === null ? null : formatPercent(learnt) },
    { name: "intervention", says: intervention },
    { name: "shift", says: off },
  ].filter(({ says }) => says !== null);
  return (
    <>
      <div className="overflow-x-auto">
        <table className="text-xs [&_td]:py-0.5 [&_td]:pr-4 [&_th]:pr-4 [&_th]:text-left [&_th]:font-normal [&_th]:text-soft">
          <tbody>
            {rows.map(({ name, says, n }) => (
              <tr key={name}>
                <th scope="row" className="whitespace-nowrap">
                  {name}
                </th>
                <td>{says}</td>
                <td className="whitespace-nowrap text-faint">{n === undefined ? "" : `n = ${formatStep(n)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {note === "" ? null : <p className="whitespace-pre-wrap text-soft text-xs">{note}</p>}
    </>
  );
}
