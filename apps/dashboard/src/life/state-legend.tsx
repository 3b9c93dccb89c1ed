import { FEATURE_STATES, type FeatureState } from "@tailbone/protocol/reading";
import { Hint } from "../ui/hint";
import { StateSpan } from "./state-span";
import { STATES } from "./states";

const WIDTH = 22;

/** A small piece of a lane in this state. */
const StateSwatch = ({ state }: { state: FeatureState }) => (
  <svg aria-hidden width={WIDTH} height={10} className="shrink-0">
    <StateSpan state={state} start={[0.5, 0.5]} end={[WIDTH - 0.5, WIDTH - 0.5]} top={1} height={8} />
  </svg>
);

/** A state in a word, beside its pattern. */
export const StateChip = ({ state }: { state: FeatureState }) => (
  <span className="inline-flex items-center gap-1.5 whitespace-nowrap font-medium" title={STATES[state].meaning}>
    <StateSwatch state={state} />
    {state}
  </span>
);

/** What the patterns mean. */
export const StateLegend = () => (
  <ul aria-label="States" className="flex flex-wrap gap-x-4 gap-y-1 text-soft text-xs">
    {FEATURE_STATES.map((state) => (
      <li key={state}>
        <Hint text={STATES[state].meaning} side="bottom">
          <button type="button" className="inline-flex cursor-help items-center gap-1.5 rounded">
            <StateSwatch state={state} />
            {state}
          </button>
        </Hint>
      </li>
    ))}
  </ul>
);
