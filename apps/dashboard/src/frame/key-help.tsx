import { Dialog } from "../ui/dialog";
import { JUMPS } from "./use-keys";

const KEYS: [keys: string, does: string][] = [
  ["Ctrl K", "Search and commands"],
  ["/", "Search on this page"],
  ...Object.entries(JUMPS).map(([key, { label }]): [string, string] => [`g ${key}`, `Go to ${label}`]),
  ["Tab, then ← →", "Move the crosshair of a chart"],
  ["Shift + drag, wheel", "Zoom a chart's y axis"],
  ["Enter", "Open the row or alert, enlarge the chart"],
  ["j k", "Next and previous row, or alert (also ↓ ↑), or enlarged chart (also → ←)"],
  ["e", "Acknowledge the alert"],
  ["s", "Snooze it for an hour"],
  ["a", "Assign it"],
  ["u", "Mark it read or unread"],
  ["Esc", "Close, or leave the crosshair"],
  ["?", "This help"],
];

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Keys"
      className="w-[min(24rem,calc(100vw-1.5rem))]"
    >
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2">
        {KEYS.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 font-mono text-xs">{keys}</kbd>
            </dt>
            <dd className="text-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
