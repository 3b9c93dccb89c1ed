import type { LifeStrip, Run } from "@tailbone/protocol/run";
import { memo } from "react";
import { isRenaming } from "./lanes";
import { StateSpan } from "./state-span";
import { pixelOfStep, type StepAxis, stepAxis } from "./step-axis";

const WIDTH = 76;
const HEIGHT = 12;
/** Of more features a table has no room to tell. */
const MOST = 3;

/** The lives of a run's first features in miniature. */
export const LifeStrips = memo(function LifeStrips({ lives, lastStep }: Pick<Run, "lives" | "lastStep">) {
  const shown = lives.slice(0, MOST);
  const steps = shown.flatMap(({ spans }) => spans.map(({ from }) => from));
  if (steps.length === 0) return null;
  const from = Math.min(...steps);
  const to = Math.max(lastStep ?? from, ...steps);
  const axis = stepAxis("log", { from, to: to > from ? to : from + 1 });
  return (
    <span className="flex gap-3" data-testid="life-strips">
      {shown.map((life) => (
        <Strip key={life.feature} life={life} axis={axis} />
      ))}
      {lives.length > MOST ? <span className="text-faint text-xs">+{lives.length - MOST}</span> : null}
    </span>
  );
});

/** What turned out to be a spandrel was one from the start (see `isRenaming`). */
const drawnSpans = ({ spans }: LifeStrip): LifeStrip["spans"] =>
  spans.flatMap((span, index) => {
    const [before, next] = [spans[index - 1], spans[index + 1]];
    if (before !== undefined && isRenaming({ from: before.state, to: span.state })) return [];
    const isRenamed = next !== undefined && isRenaming({ from: span.state, to: next.state });
    return [isRenamed ? { ...span, state: next.state } : span];
  });

function Strip({ life, axis }: { life: LifeStrip; axis: StepAxis }) {
  const { feature } = life;
  const spans = drawnSpans(life);
  const state = spans.at(-1)?.state;
  const ends = [...spans.slice(1).map(({ from }) => from), axis.span.to];
  const at = (step: number): number => Math.round(pixelOfStep(step, axis, WIDTH, 0.5) * 10) / 10;
  return (
    <span className="inline-flex items-center gap-1.5" title={`${feature}: ${state ?? "not measured yet"}`}>
      <span className="max-w-24 truncate text-soft text-xs">{feature}</span>
      <svg role="img" aria-label={`${feature}: ${state ?? "not measured yet"}`} width={WIDTH} height={HEIGHT}>
        {spans.map((span, index) => {
          const [start, end] = [at(span.from), at(ends[index] ?? axis.span.to)];
          return (
            <StateSpan
              key={`${span.state} ${span.from}`}
              state={span.state}
              start={[start, start]}
              end={[end, end]}
              top={1}
              height={HEIGHT - 2}
            />
          );
        })}
      </svg>
    </span>
  );
}
