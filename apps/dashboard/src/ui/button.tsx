import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-accent-ink hover:bg-accent/90",
        plain: "border border-line-strong bg-panel text-ink hover:bg-sunken",
        quiet: "text-soft hover:bg-sunken hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent",
        /** Beside what it takes away. */
        remove: "text-soft hover:bg-sunken hover:text-bad",
        danger: "border border-bad/40 bg-panel text-bad hover:bg-bad-soft",
      },
      size: { normal: "h-8 px-3", small: "h-7 px-2 text-xs", icon: "size-7" },
    },
    defaultVariants: { look: "plain", size: "normal" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof button> & { asChild?: boolean };

export function Button({ className, look, size, asChild = false, type = "button", ...props }: ButtonProps) {
  const classes = cn(button({ look, size }), className);
  return asChild ? <Slot.Root className={classes} {...props} /> : <button type={type} className={classes} {...props} />;
}
