"use client";
import { Menu as MenuIcon, Search } from "lucide-react";
import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { Button } from "../ui/button";
import { ConnectionDot } from "./connection-dot";
import { useFrame } from "./use-frame";

export interface Crumb {
  readonly label: ReactNode;
  /** Missing: it is this page. */
  readonly href?: string;
}

/** Where am I, is it live, and the way to everything else. */
export function TopLine({ crumbs }: { crumbs: readonly Crumb[] }) {
  const { openPalette, openDrawer } = useFrame();
  return (
    <header className="flex h-11 shrink-0 items-center gap-3 border-line border-b bg-panel px-4">
      <Button look="quiet" size="icon" className="-ml-2 md:hidden" aria-label="Navigation" onClick={openDrawer}>
        <MenuIcon />
      </Button>
      <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1.5">
        {crumbs.map(({ label, href }, index) => (
          <Fragment key={href ?? "here"}>
            {index === 0 ? null : <span className="text-faint">/</span>}
            {href === undefined ? (
              <span className="min-w-0 truncate font-medium" aria-current="page">
                {label}
              </span>
            ) : (
              <Link href={href} className="min-w-0 truncate rounded text-soft hover:text-ink">
                {label}
              </Link>
            )}
          </Fragment>
        ))}
      </nav>
      <div className="ml-auto flex shrink-0 items-center gap-3">
        <ConnectionDot />
        <Button
          size="small"
          className="text-soft max-sm:w-7 max-sm:px-0"
          onClick={openPalette}
          aria-label="Search and commands"
        >
          <Search />
          <span className="max-sm:hidden">Search</span>
          <kbd className="font-sans text-2xs text-faint max-sm:hidden">Ctrl K</kbd>
        </Button>
      </div>
    </header>
  );
}
