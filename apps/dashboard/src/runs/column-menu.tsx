import { Button } from "../ui/button";
import { Menu, MenuCheck, MenuLabel, MenuLine } from "../ui/menu";
import { FACTS, type Fact } from "./columns";
import type { ChosenColumns } from "./use-stored-columns";

const WORDS: Record<Fact, string> = {
  state: "State",
  tags: "Tags",
  lives: "Lives",
  step: "Step",
  started: "Started",
  duration: "Took",
  who: "Who",
};

export interface ColumnMenuProps {
  known: readonly string[];
  series: readonly string[];
  facts: readonly Fact[];
  onChange: (chosen: ChosenColumns) => void;
}

/** Chooses what of each run is shown. */
export function ColumnMenu({ known, series, facts, onChange }: ColumnMenuProps) {
  const names = [...new Set([...series, ...known])];
  return (
    <Menu align="end" trigger={<Button size="small">Columns</Button>}>
      {FACTS.map((fact) => (
        <MenuCheck
          key={fact}
          checked={facts.includes(fact)}
          onCheckedChange={(isOn) =>
            onChange({ series: [...series], facts: FACTS.filter((one) => (one === fact ? isOn : facts.includes(one))) })
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
    </Menu>
  );
}
