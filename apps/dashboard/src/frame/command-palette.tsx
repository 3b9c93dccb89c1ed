"use client";
import { projectPath, runPath } from "@tailbone/protocol/page-paths";
import { printWords } from "@tailbone/query/print-filter";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { usePathname, useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { useDeferredValue, useState } from "react";
import { signOut } from "../api/auth";
import { queries } from "../api/queries";
import { RunDot } from "../parts/run-state";
import { BareDialog } from "../ui/dialog";
import { JUMPS } from "./use-keys";

const item =
  "flex cursor-default items-center gap-2 rounded-md px-2 py-1.5 data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent";
const group =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs";

const MOST_SERIES = 20;

/** Every word must occur; guesses by single letters would bring up what nobody meant. */
function matchWords(value: string, search: string): number {
  const text = value.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
    ? 1
    : 0;
}

/** Any run, project, page or action, by its name. */
export function CommandPalette({ open, onClose, onHelp }: { open: boolean; onClose: () => void; onHelp: () => void }) {
  return (
    <BareDialog
      open={open}
      onClose={onClose}
      title="Search and commands"
      className="top-[12vh] left-1/2 w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-xl border"
    >
      <Command label="Search and commands" filter={matchWords}>
        <PaletteBody onClose={onClose} onHelp={onHelp} />
      </Command>
    </BareDialog>
  );
}

function PaletteBody({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const router = useRouter();
  const { setTheme } = useTheme();
  const [text, setText] = useState("");
  const filter = useDeferredValue(text.trim());
  const { data: projects } = useQuery(queries.projects);
  const run = /^\/runs\/([^/]+)$/.exec(usePathname())?.[1];
  const { data: series } = useQuery({ ...queries.series(run ?? ""), enabled: run !== undefined });
  // Whatever is typed here is words, and no filter.
  const words = printWords(filter.split(/\s+/).filter(Boolean));
  const { data: runs, isFetching } = useInfiniteQuery(queries.runs({ project: null, filter: words, sort: "-created" }));
  const act = (action: () => void) => (): void => {
    onClose();
    action();
  };
  const go = (path: string) => act(() => router.push(path));
  return (
    <>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="A run, a series, a project, a page, an action …"
        className="h-11 w-full border-line border-b bg-transparent px-4 text-sm outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-2 py-6 text-center text-faint">
          {isFetching ? "Searching …" : "Nothing is called that."}
        </Command.Empty>
        <Command.Group heading="Pages" className={group}>
          {Object.entries(JUMPS).map(([key, { path, label }]) => (
            <Command.Item key={path} value={`page ${label}`} onSelect={go(path)} className={item}>
              {label}
              <kbd className="ml-auto font-sans text-2xs text-faint">g {key}</kbd>
            </Command.Item>
          ))}
        </Command.Group>
        {run === undefined || filter === "" ? null : (
          <Command.Group heading="Series of this run" className={group}>
            {series?.series
              .filter(({ name }) => matchWords(name, filter) > 0)
              .slice(0, MOST_SERIES)
              .map(({ name }) => (
                <Command.Item
                  key={name}
                  value={`series ${name}`}
                  onSelect={go(`${runPath(run)}?chart=${encodeURIComponent(name)}`)}
                  className={item}
                >
                  {name}
                </Command.Item>
              ))}
          </Command.Group>
        )}
        <Command.Group heading="Projects" className={group}>
          {projects?.projects.map(({ id, name }) => (
            <Command.Item key={id} value={`project ${name} ${id}`} onSelect={go(projectPath(id))} className={item}>
              {name}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Runs" className={group}>
          {runs?.pages[0]?.runs.slice(0, 20).map((run) => (
            <Command.Item
              key={run.id}
              value={`run ${run.name} ${run.state} ${run.tags.join(" ")} ${run.id}`}
              onSelect={go(runPath(run.id))}
              className={item}
            >
              <RunDot run={run} />
              {run.name}
              <span className="text-faint">{run.project.name}</span>
              <span className="ml-auto text-faint text-xs">{run.state}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Actions" className={group}>
          {[
            ["Light theme", () => setTheme("light")] as const,
            ["Dark theme", () => setTheme("dark")] as const,
            ["Theme as the system", () => setTheme("system")] as const,
            ["Create an API key", () => router.push("/settings")] as const,
            ["Keys", onHelp] as const,
            ["Sign out", () => void signOut()] as const,
          ].map(([label, action]) => (
            <Command.Item key={label} value={`action ${label}`} onSelect={act(action)} className={item}>
              {label}
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </>
  );
}
