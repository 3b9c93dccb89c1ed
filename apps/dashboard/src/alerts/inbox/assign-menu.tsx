import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { queries } from "../../api/queries";
import { Button } from "../../ui/button";
import { Menu, MenuItem, MenuLabel } from "../../ui/menu";

export interface AssignMenuProps {
  assignedTo: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onAssign: (member: string | null) => void;
}

/** The members of the team, oneself first. */
export function AssignMenu({ assignedTo, open, onOpenChange, onAssign }: AssignMenuProps) {
  const { data: me } = useQuery(queries.me);
  const { data } = useQuery(queries.members);
  const self = me?.user?.id;
  const members = data?.members.toSorted(
    (a, b) => Number(b.id === self) - Number(a.id === self) || a.name.localeCompare(b.name),
  );
  return (
    <Menu
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <Button size="small" aria-keyshortcuts="a">
          Assign
          <ChevronDown />
        </Button>
      }
    >
      {members === undefined ? <MenuLabel>Asking who is in the team …</MenuLabel> : null}
      {members?.map(({ id, name }) => (
        <MenuItem key={id} disabled={id === assignedTo} onSelect={() => onAssign(id)}>
          {name}
          {id === self ? <span className="text-faint">you</span> : null}
        </MenuItem>
      ))}
      {assignedTo === null ? null : <MenuItem onSelect={() => onAssign(null)}>Nobody</MenuItem>}
    </Menu>
  );
}
