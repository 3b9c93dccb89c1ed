import type { Alert, AlertPatch } from "@tailbone/protocol/rules";
import { ChevronDown } from "lucide-react";
import { Button } from "../../ui/button";
import { Menu, MenuItem } from "../../ui/menu";
import { AssignMenu } from "./assign-menu";
import { SNOOZE_NAMES, snoozeUntil } from "./snooze";

export interface AlertActionsProps {
  alert: Alert;
  now: number | null;
  change: (patch: AlertPatch) => void;
  isAssigning: boolean;
  onAssigning: (isAssigning: boolean) => void;
}

/** What the keys do, as buttons. */
export function AlertActions({ alert, now, change, isAssigning, onAssigning }: AlertActionsProps) {
  const isAcknowledged = alert.acknowledgedAtMs !== null;
  const isRead = alert.readAtMs !== null;
  const isSnoozed = now !== null && (alert.snoozedUntilMs ?? 0) > now;
  return (
    <>
      <Button size="small" aria-keyshortcuts="e" onClick={() => change({ acknowledged: !isAcknowledged })}>
        {isAcknowledged ? "Take back the acknowledgement" : "Acknowledge"}
      </Button>
      <Menu
        trigger={
          <Button size="small" aria-keyshortcuts="s">
            Snooze
            <ChevronDown />
          </Button>
        }
      >
        {SNOOZE_NAMES.map((length) => (
          <MenuItem
            key={length}
            onSelect={() => change({ snoozedUntilMs: snoozeUntil(length, Date.now()) })}
          >{`For ${length}`}</MenuItem>
        ))}
        {isSnoozed ? <MenuItem onSelect={() => change({ snoozedUntilMs: null })}>End the snooze</MenuItem> : null}
      </Menu>
      <AssignMenu
        assignedTo={alert.assignedTo}
        open={isAssigning}
        onOpenChange={onAssigning}
        onAssign={(assignedTo) => change({ assignedTo })}
      />
      <Button size="small" aria-keyshortcuts="u" onClick={() => change({ read: !isRead })}>
        {isRead ? "Mark unread" : "Mark read"}
      </Button>
    </>
  );
}
