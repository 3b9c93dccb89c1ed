import type { ReactNode } from "react";

/** A part of the settings: what it is, one sentence on it, and its content. */
export const Section = ({ title, about, children }: { title: string; about: ReactNode; children: ReactNode }) => (
  <section className="grid gap-3">
    <header>
      <h2 className="font-semibold text-sm">{title}</h2>
      <p className="text-soft">{about}</p>
    </header>
    {children}
  </section>
);

/** Something that is shown this once. */
export const OnceOnly = ({ text, about, children }: { text: string; about: string; children: ReactNode }) => (
  <div role="status" className="grid gap-2 rounded-lg border border-accent/40 bg-accent-soft p-3">
    <p>{about}</p>
    <div className="flex items-center gap-2">
      <code className="min-w-0 flex-1 break-all rounded bg-panel px-2 py-1 font-mono text-xs">{text}</code>
      {children}
    </div>
  </div>
);
