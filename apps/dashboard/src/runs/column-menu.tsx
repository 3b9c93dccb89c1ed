import { RUN_FACTS, type RunFact } from "@tailbone/protocol/page-state/views";
import { Button } from "../ui/button";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "../ui/menu";

const WORDS: Record<RunFact, string> = {
  state: "State",
  tags: "Tags",
  lives: "Lives",
  step: "Step",
  started: "Started",
  duration: "Took",
  who: "Who",
};

export interface ChosenColumns {
  readonly facts: RunFact[];
  readonly series: string[];
}

export interface ColumnMenuProps {
  known: readonly string[];
  series: readonly string[];
  facts: readonly RunFact[];
  onChange: (chosen: ChosenColumns) => void;
  /** Missing: they are as they are kept, or there is no project to keep them for. */
  onKeep?: (() => void) | undefined;
  /** Missing: they are as they are kept. */
  onReset?: (() => void) | undefined;
}

/** Chooses what of each run is shown. */
export function ColumnMenu({ known, series, facts, onChange, onKeep, onReset }: ColumnMenuProps) {
  const names = [...new Set([...series, ...known])];
  return (
    <Menu align="end" trigger={<Button size="small">Columns</Button>}>
      {RUN_FACTS.map((fact) => (
        <MenuCheck
          key={fact}
          checked={facts.includes(fact)}
          onCheckedChange={(isOn) =>
            onChange({
              series: [...series],
              facts: RUN_FACTS.filter((one) => (one === fact ? isOn : facts.includes(one))),
            })
          }
        >
          {WORDS[fact]}
        </MenuCheck>
      ))}
      {names.length === 0 ? null : (
        <>
          <MenuLine />
          <MenuLabel>Last value of</MenuLabel>
        </>
      )}
      {names.map((name) => (
        <MenuCheck
          key={name}
          checked={series.includes(name)}
          onCheckedChange={(isOn) =>
            onChange({ facts: [...facts], series: isOn ? [...series, name] : series.filter((one) => one !== name) })
          }
        >
          {name}
        </MenuCheck>
      ))}
      {onKeep === undefined && onReset === undefined ? null : <MenuLine />}
      {onKeep === undefined ? null : <MenuItem onSelect={onKeep}>Keep these for the whole team</MenuItem>}
      {onReset === undefined ? null : <MenuItem onSelect={onReset}>As they are kept</MenuItem>}
    </Menu>
  );
}
