import { UNREADABLE_HINT, type Unreadable } from "@tailbone/protocol/unreadable";
import { FileWarning } from "lucide-react";
import type { ReactNode } from "react";
import { formatPlural } from "../format/number";
import { cn } from "./cn";

const MOST_NAMED = 20;

const sayOne = ({ what, name }: Unreadable): string => (name === "" ? what : `${what} · ${name}`);

/** What of a page could not be read, each with the reason, and what to do. Nothing where all could be. */
export function UnreadableNotice({ items, className }: { items: readonly Unreadable[]; className?: string }) {
  if (items.length === 0) return null;
  const more = items.length - MOST_NAMED;
  return (
    <details
      data-testid="unreadable"
      className={cn("max-w-3xl rounded-md border border-warn/40 bg-sunken px-3 py-2", className)}
    >
      <summary className="text-warn">
        {formatPlural(items.length, "thing that is stored", "things that are stored")} cannot be read; the rest is
        shown.
      </summary>
      <ul className="mt-1 grid gap-0.5 text-xs">
        {items.slice(0, MOST_NAMED).map((item) => (
          <li key={`${item.what} ${item.id} ${item.name} ${item.reason}`} className="wrap-anywhere">
            <span className="font-medium">{sayOne(item)}</span> <span className="text-soft">({item.reason})</span>
          </li>
        ))}
        {more > 0 ? <li className="text-soft">and {formatPlural(more, "other", "others")}</li> : null}
      </ul>
      <p className="mt-1 text-soft text-xs">{UNREADABLE_HINT}</p>
    </details>
  );
}

/** An entry of a list in the place of what cannot be read. */
export function UnreadableRow({ item, children }: { item: Unreadable; children?: ReactNode }) {
  return (
    <li data-testid="unreadable" className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-4 py-3">
      <FileWarning aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
        <p>
          <span className="font-medium">{item.name}</span>{" "}
          <span className="text-warn">cannot be read ({item.reason}), and does nothing.</span>
        </p>
        <p className="text-faint text-xs">{UNREADABLE_HINT}</p>
      </div>
      {children}
    </li>
  );
}

/** Beside something that is shown: which of its parts are not. */
export function UnreadableMark({ items, className }: { items: readonly Unreadable[]; className?: string }) {
  if (items.length === 0) return null;
  return (
    <span
      data-testid="unreadable"
      className={cn(
        "inline-flex items-baseline gap-1 whitespace-nowrap text-warn text-xs [&_svg]:self-center",
        className,
      )}
      title={`${items.map(({ name, reason }) => `${name}: ${reason}`).join("\n")}\n${UNREADABLE_HINT}`}
    >
      <FileWarning aria-hidden className="size-3.5" />
      {[...new Set(items.map(({ what }) => what))].join(", ")} unreadable
    </span>
  );
}
