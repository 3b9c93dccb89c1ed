import type { Unreadable } from "@tailbone/protocol/unreadable";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { EmptyNotice } from "../ui/notice";
import { UnreadableRow } from "../ui/unreadable";

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface KeptListProps<Item extends Named> {
  about: ReactNode;
  /** Makes another; null: whoever looks changes nothing. */
  add: { readonly says: string; readonly act: () => void } | null;
  items: readonly Item[];
  unreadable: readonly Unreadable[];
  /** What stands where there are none. */
  none: { readonly title: string; readonly says: string };
  row: (item: Item, onDelete: () => void) => ReactNode;
  /** What is asked before one is deleted. */
  asks: { readonly title: (name: string) => string; readonly description: string };
  onDelete: (id: string) => void;
}

/** What a team keeps of one kind, with the ways to make another and to delete one, also one that cannot be read. */
export function KeptList<Item extends Named>(props: KeptListProps<Item>) {
  const { about, add, items, unreadable, none, row, asks, onDelete } = props;
  const [asked, setAsked] = useState<Named | null>(null);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
        <p className="text-soft">{about}</p>
        {add === null ? null : (
          <Button size="small" look="primary" onClick={add.act}>
            {add.says}
          </Button>
        )}
      </div>
      {items.length + unreadable.length === 0 ? (
        <EmptyNotice title={none.title} className="border-line border-t px-4">
          <p>{none.says}</p>
        </EmptyNotice>
      ) : (
        <ul className="divide-y divide-line border-line border-y">
          {items.map((item) => row(item, () => setAsked(item)))}
          {unreadable.map((item) => (
            <UnreadableRow key={item.id} item={item}>
              {add === null ? null : (
                <Button look="remove" size="small" aria-label={`Delete ${item.name}`} onClick={() => setAsked(item)}>
                  Delete
                </Button>
              )}
            </UnreadableRow>
          ))}
        </ul>
      )}
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={asks.title(asked?.name ?? "")}
        description={asks.description}
        action="Delete it"
        onConfirm={() => asked !== null && onDelete(asked.id)}
      />
    </>
  );
}
