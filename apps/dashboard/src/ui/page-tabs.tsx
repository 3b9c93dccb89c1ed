import { Tabs } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";
import { formatCount } from "../format/number";

export interface PageTabsProps<T extends string> {
  label: string;
  tabs: readonly T[];
  value: T;
  onChange: (tab: T) => void;
  /** What stands behind a tab's name; nothing for 0. */
  counts?: Readonly<Partial<Record<T, number | undefined>>>;
  /** The page of each tab; only the one that is open is drawn. */
  pages: Readonly<Record<T, ReactNode>>;
}

/** Parts of a page, one at a time. */
export function PageTabs<T extends string>({ label, tabs, value, onChange, counts, pages }: PageTabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const counted = Object.values(counts ?? {}).filter(Boolean).length;
  // Where they are wider than the window, the one that is open is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: by `value` another is open, by a first count it is elsewhere
  useEffect(() => {
    list.current?.querySelector("[data-state=active]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value, counted]);
  return (
    <Tabs.Root
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find((one) => one === next);
        if (tab !== undefined) onChange(tab);
      }}
    >
      <Tabs.List
        ref={list}
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-line border-b bg-panel px-2"
      >
        {tabs.map((one) => (
          <Tabs.Trigger
            key={one}
            value={one}
            className="-mb-px border-transparent border-b-2 px-2.5 py-2 text-soft capitalize hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {one}
            {counts?.[one] ? (
              <span aria-hidden className="ml-1.5 text-faint text-xs">
                {formatCount(counts[one])}
              </span>
            ) : null}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map((one) => (
        <Tabs.Content key={one} value={one} tabIndex={-1}>
          {pages[one]}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
