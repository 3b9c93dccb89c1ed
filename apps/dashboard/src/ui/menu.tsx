import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ComponentProps, createContext, type ReactNode, type RefObject, useContext, useRef } from "react";
import { cn } from "./cn";

const item =
  "flex cursor-default select-none items-center gap-2 rounded px-2 py-1.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken";

/** What is done once the menu has closed. */
const AfterClose = createContext<RefObject<(() => void) | null> | null>(null);

/** A button that opens a menu. */
export function Menu({
  trigger,
  align = "start",
  children,
  ...state
}: {
  trigger: ReactNode;
  align?: "start" | "end";
  children: ReactNode;
  /** Both missing: it opens and closes by its button alone. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  const afterClose = useRef<(() => void) | null>(null);
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          onCloseAutoFocus={() => {
            const act = afterClose.current;
            afterClose.current = null;
            // The button gets the focus back right after this.
            if (act !== null) queueMicrotask(act);
          }}
          className="z-50 max-h-[70dvh] min-w-44 overflow-auto rounded-lg border border-line bg-panel p-1 shadow-lg"
        >
          <AfterClose value={afterClose}>{children}</AfterClose>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ className, ...props }: ComponentProps<typeof Radix.Item>) {
  return <Radix.Item className={cn(item, className)} {...props} />;
}

/**
 * An item that opens a dialog: once the menu's button has the focus again, so that the menu takes it from no field, and
 * it returns to the button.
 */
export function MenuDialogItem({
  onOpen,
  ...props
}: Omit<ComponentProps<typeof MenuItem>, "onSelect"> & { onOpen: () => void }) {
  const afterClose = useContext(AfterClose);
  return (
    <MenuItem
      {...props}
      onSelect={() => {
        if (afterClose !== null) afterClose.current = onOpen;
      }}
    />
  );
}

/** An item that is chosen or not. */
export function MenuCheck({ className, children, ...props }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem className={cn(item, "pl-7", className)} onSelect={(event) => event.preventDefault()} {...props}>
      <Radix.ItemIndicator className="absolute left-3">
        <Check className="size-3.5" />
      </Radix.ItemIndicator>
      {children}
    </Radix.CheckboxItem>
  );
}

/** An item of a few of which one is chosen: the menu closes, because there is nothing more to choose. */
export const MenuChoice = (props: Omit<ComponentProps<typeof MenuCheck>, "onSelect">) => (
  <MenuCheck {...props} onSelect={() => {}} />
);

export const MenuLabel = (props: ComponentProps<typeof Radix.Label>) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 font-medium text-faint text-xs" {...props} />
);

export const MenuLine = () => <Radix.Separator className="my-1 h-px bg-line" />;
