import { FEATURE_STATES, type FeatureState } from "@tailbone/protocol/reading";
import { STATES } from "./states";

const patternId = (state: FeatureState): string => `state-${state}`;

/** The patterns of the states, once on a page: other drawings refer to them. */
export const StatePatterns = () => (
  <svg aria-hidden width={0} height={0} className="absolute">
    <defs>
      {FEATURE_STATES.map((state) => (
        <Pattern key={state} state={state} />
      ))}
    </defs>
  </svg>
);

function Pattern({ state }: { state: FeatureState }) {
  const { colour } = STATES[state];
  const size = state === "spandrel" ? 8 : state === "vestigial" ? 4 : 5;
  return (
    <pattern id={patternId(state)} width={size} height={size} patternUnits="userSpaceOnUse">
      {state === "latent" ? (
        <>
          <rect width={5} height={5} fill={colour} fillOpacity={0.18} />
          <path d="M-1 1L1 -1M-1 6L6 -1M4 6L6 4" stroke={colour} strokeWidth={1.6} />
        </>
      ) : state === "anomaly" ? (
        <>
          <rect width={5} height={5} fill={colour} fillOpacity={0.15} />
          <path d="M-1 6L6 -1M-1 -1L6 6" stroke={colour} strokeWidth={1.1} />
        </>
      ) : state === "vestigial" ? (
        <>
          <rect width={4} height={4} fill={colour} fillOpacity={0.28} />
          <circle cx={2} cy={2} r={1.15} fill={colour} />
        </>
      ) : state === "spandrel" ? (
        <>
          <rect width={8} height={8} fill={colour} fillOpacity={0.14} />
          <circle cx={2} cy={2} r={1} fill={colour} />
          <circle cx={6} cy={6} r={1} fill={colour} />
        </>
      ) : (
        <rect width={5} height={5} fill={colour} />
      )}
    </pattern>
  );
}

export interface StateSpanProps {
  state: FeatureState;
  /** Pixels in which it may begin, and in which it may end: the edges lean over them. */
  start: readonly [number, number];
  end: readonly [number, number];
  top: number;
  height: number;
}

const NOTCH = 4;

/** A state over a span of steps: its colour and its pattern, with edges as wide as what is known of when it changed. */
export function StateSpan({ state, start, end, top, height }: StateSpanProps) {
  const { colour } = STATES[state];
  const bottom = top + height;
  const middle = top + height / 2;
  if (state === "absent" || state === "lost") {
    return (
      <path
        d={`M${(start[0] + start[1]) / 2} ${middle}H${(end[0] + end[1]) / 2}`}
        stroke={colour}
        strokeWidth={state === "lost" ? 2 : 1.5}
        strokeDasharray={state === "lost" ? "5 3" : undefined}
        fill="none"
      />
    );
  }
  const notch = state === "re-emergent" ? `L${(start[0] + start[1]) / 2 + NOTCH} ${middle}` : "";
  return (
    <path
      d={`M${start[1]} ${top}H${end[1]}L${end[0]} ${bottom}H${start[0]}${notch}Z`}
      fill={`url(#${patternId(state)})`}
      stroke={colour}
      strokeWidth={0.75}
    />
  );
}
