import type { ReactNode } from "react";
import { Logo } from "../parts/logo";

/** A page before one is in. */
export const Door = ({ title, children }: { title: string; children: ReactNode }) => (
  <main className="mx-auto grid min-h-dvh w-full max-w-sm content-center gap-6 px-6 py-10">
    <header className="grid gap-2">
      <Logo className="size-8 text-accent" />
      <h1 className="font-semibold text-lg">{title}</h1>
    </header>
    {children}
  </main>
);
