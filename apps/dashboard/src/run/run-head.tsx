"use client";
import { projectPath } from "@tailbone/protocol/page-paths";
import { isSettled, type RunDetail } from "@tailbone/protocol/run";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { deleteRun } from "../api/calls";
import { formatCount, formatStep, formatValue } from "../format/number";
import { formatClock, formatDuration, formatExact } from "../format/time";
import { useOfflineSince } from "../live/live-provider";
import { durationMs } from "../parts/run-facts";
import { RunDot, RunStateWord } from "../parts/run-state";
import { Ago } from "../ui/ago";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { Menu, MenuDialogItem, MenuItem } from "../ui/menu";
import { useNow } from "../ui/use-now";
import { EditableText } from "./editable-text";
import { type PaceSample, paceOf, remainingMs } from "./pace";
import { usePatchRun } from "./use-run";

/** Name, state and pace of a run; name, tags and note are changed in place. */
export function RunHead({ run, samples }: { run: RunDetail; samples: readonly PaceSample[] }) {
  const patch = usePatchRun(run.id);
  const now = useNow(1000);
  const offlineSinceMs = useOfflineSince();
  return (
    <header className="grid gap-1.5 bg-panel px-4 pt-3 pb-2">
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="flex min-w-0 items-center gap-2 font-semibold text-base">
          <RunDot run={run} />
          <EditableText label="Name" value={run.name} onChange={(name) => name !== "" && patch.mutate({ name })} />
        </h1>
        <RunStateWord run={run} className="font-medium" />
        <span className="text-soft">
          <Progress run={run} samples={offlineSinceMs === null ? samples : []} />
          {offlineSinceMs === null || isSettled(run) ? null : (
            <span className="text-warn">
              {" "}
              · as of {formatClock(offlineSinceMs, now ?? offlineSinceMs)}: the hub is out of reach
            </span>
          )}
        </span>
        <div className="ml-auto">
          <RunMenu run={run} />
        </div>
      </div>
      {run.totalSteps !== null && !isSettled(run) && run.lastStep !== null ? (
        <div className="h-0.5 max-w-md rounded-full bg-sunken" aria-hidden>
          <div
            className="h-full rounded-full bg-accent transition-[width]"
            style={{ width: `${Math.min(100, ((run.lastStep + 1) / run.totalSteps) * 100)}%` }}
          />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-soft text-xs">
        <span>
          started <Ago timeMs={run.startedAtMs} now={now} />
        </span>
        <span>
          {isSettled(run) ? "took" : "for"} {formatDuration(durationMs(run))}
        </span>
        <span>by {run.createdBy}</span>
        <span>{formatCount(run.points)} points</span>
        <Tags tags={run.tags} onChange={(tags) => patch.mutate({ tags })} />
      </div>
      <div className="max-w-3xl text-soft">
        <EditableText
          label="Note"
          value={run.notes}
          placeholder="Add a note"
          multiline
          onChange={(notes) => patch.mutate({ notes })}
        />
      </div>
      {run.droppedPoints > 0 ? (
        <p className="text-warn text-xs">
          {formatCount(run.droppedPoints)} points at least were logged and are missing: there was no room for them, the
          hub refused them, or they could not be read from the disk any more.
        </p>
      ) : null}
      {run.state === "stalled" && run.unreadable.length === 0 ? (
        <p className="text-warn text-xs">
          Nothing has been heard of this run since {now === null ? "" : formatExact(run.seenAtMs).slice(11, 19)}. It
          goes on here by itself when its script is back.
        </p>
      ) : null}
      {run.error === null ? null : (
        <details className="max-w-3xl rounded-md border border-bad/30 bg-bad-soft px-3 py-2" open>
          <summary className="font-medium">
            {run.error.name}: {run.error.message}
          </summary>
          {run.error.stack === undefined ? null : (
            <pre className="mt-1 max-h-48 overflow-auto whitespace-pre-wrap font-mono text-soft text-xs">
              {run.error.stack}
            </pre>
          )}
        </details>
      )}
    </header>
  );
}

function Progress({ run, samples }: { run: RunDetail; samples: readonly PaceSample[] }) {
  if (run.lastStep === null) return <>no points yet</>;
  const pace = run.state === "running" ? paceOf(samples) : null;
  const leftMs = remainingMs(run, pace);
  const parts = [
    `step ${formatStep(run.lastStep)}${run.totalSteps === null ? "" : ` / ${formatStep(run.totalSteps)}`}`,
    ...(pace === null ? [] : [`${formatValue(Number(pace.toPrecision(3)))} steps/s`]),
    ...(leftMs === null || leftMs === 0 ? [] : [`ends in ${formatDuration(leftMs)}`]),
  ];
  return <>{parts.join(" · ")}</>;
}

function Tags({ tags, onChange }: { tags: readonly string[]; onChange: (tags: string[]) => void }) {
  const [isAdding, setAdding] = useState(false);
  function add(text: string): void {
    setAdding(false);
    const tag = text.trim();
    if (tag !== "" && !tags.includes(tag)) onChange([...tags, tag]);
  }
  return (
    <span className="flex flex-wrap items-center gap-1">
      {tags.map((tag) => (
        <span key={tag} className="group/tag inline-flex h-5 items-center gap-1 rounded bg-sunken px-1.5">
          {tag}
          <button
            type="button"
            aria-label={`Remove the tag ${tag}`}
            className="rounded opacity-40 hover:opacity-100 focus-visible:opacity-100"
            onClick={() => onChange(tags.filter((one) => one !== tag))}
          >
            <X className="size-2.5" />
          </button>
        </span>
      ))}
      {isAdding ? (
        <input
          // biome-ignore lint/a11y/noAutofocus: it appears because it was asked for
          autoFocus
          aria-label="New tag"
          className="h-5 w-24 rounded border border-line-strong bg-panel px-1"
          onBlur={(event) => add(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") add(event.currentTarget.value);
            if (event.key === "Escape") setAdding(false);
          }}
        />
      ) : (
        <button type="button" className="rounded px-1 text-faint hover:text-ink" onClick={() => setAdding(true)}>
          + tag
        </button>
      )}
    </span>
  );
}

function RunMenu({ run }: { run: RunDetail }) {
  const router = useRouter();
  const client = useQueryClient();
  const patch = usePatchRun(run.id);
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteRun(run.id),
    onSuccess: () => {
      router.push(projectPath(run.project.id));
      for (const list of ["runs", "projects"]) void client.invalidateQueries({ queryKey: [list] });
    },
  });
  return (
    <>
      <Menu align="end" trigger={<Button size="small">More</Button>}>
        <MenuItem onSelect={() => void navigator.clipboard.writeText(run.id)}>Copy the run's id</MenuItem>
        {run.state === "stalled" ? (
          <MenuItem onSelect={() => patch.mutate({ state: "finished" })}>Mark as finished</MenuItem>
        ) : null}
        <MenuDialogItem className="text-bad" onOpen={() => setAsking(true)}>
          Delete the run …
        </MenuDialogItem>
      </Menu>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${run.name}?`}
        description={`Its ${formatCount(run.points)} points, checkpoints and output are deleted for everybody, for good.`}
        action="Delete it"
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
