"use client";
import type { RunDetail } from "@tailbone/protocol/run";
import { useVirtualizer } from "@tanstack/react-virtual";
import { format } from "date-fns";
import { useQueryState } from "nuqs";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "sonner";
import { type ConsoleList, readConsole } from "../api/calls";
import { toTailboneError } from "../api/client";
import { formatCount } from "../format/number";
import { addLines, addOlder, type ConsoleLines, fromConsoleList, searchLines } from "../live/console-lines";
import type { FollowedRun } from "../live/followed-run";
import { SlotFeed } from "../live/slot-feed";
import { runUrl } from "../page-state/urls";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { SearchInput } from "../ui/input";
import { EmptyNotice, ErrorNotice } from "../ui/notice";
import { TableSkeleton } from "../ui/table";
import { UnreadableNotice } from "../ui/unreadable";
import { CrashNote } from "./crash-note";

type ConsoleFeed = SlotFeed<ConsoleLines, ConsoleList>;

const LINE_PIXELS = 20;

/** The script's output, live. */
export function ConsoleTab({ run: detail, live }: { run: RunDetail; live: FollowedRun }) {
  const run = detail.id;
  const [feed, setFeed] = useState<ConsoleFeed | null>(null);
  useEffect(() => {
    const created: ConsoleFeed = new SlotFeed(live.feed, {
      read: (signal) => readConsole(run, null, signal),
      fromSnapshot: fromConsoleList,
      apply: addLines,
    });
    setFeed(created);
    return () => created.close();
  }, [run, live]);
  return feed === null ? <TableSkeleton rows={12} /> : <ConsoleView run={detail} feed={feed} />;
}

const nothing = { value: null, error: null };

function ConsoleView({ run, feed }: { run: RunDetail; feed: ConsoleFeed }) {
  const { value, error } = useSyncExternalStore(feed.subscribe, feed.state, () => nothing);
  const [find, setFind] = useQueryState("text", runUrl.text);
  const [isFollowing, setFollowing] = useState(true);
  const [isLoading, setLoading] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => searchLines(value?.lines ?? [], find), [value, find]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PIXELS,
    overscan: 20,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: "end" });
  }, [isFollowing, lines, rows]);

  if (error !== null) return <ErrorNotice error={error} onRetry={() => feed.retry()} className="m-4" />;
  if (value === null) return <TableSkeleton rows={12} />;
  if (value.lines.length === 0) {
    if (run.error !== null) return <CrashNote run={run} />;
    return (
      <EmptyNotice title="No output yet." className="px-4">
        <p>What the script prints appears here as it prints it.</p>
      </EmptyNotice>
    );
  }

  const oldest = value.lines[0]?.id ?? null;
  async function loadOlder(): Promise<void> {
    setLoading(true);
    setFollowing(false);
    try {
      const older = await readConsole(run.id, oldest);
      feed.update((known) => addOlder(known, older));
      // What was on top stays there, once the older lines are drawn above it.
      requestAnimationFrame(() => rows.scrollToIndex(older.lines.length, { align: "start" }));
    } catch (failure) {
      const { message, hint } = toTailboneError(failure);
      toast.error(message, { description: hint });
    }
    setLoading(false);
  }

  return (
    <div className="flex h-[calc(100dvh-11rem)] min-h-80 flex-col">
      <div className="flex flex-wrap items-center gap-3 border-line border-b px-4 py-2">
        <SearchInput label="Find in the output" value={find} onFind={setFind} />
        <span className="text-faint text-xs">
          {find === "" ? "" : `${formatCount(lines.length)} of `}
          {formatCount(value.lines.length)} lines{value.more ? ", older ones not loaded" : ""}
        </span>
        {value.more && oldest !== null ? (
          <Button size="small" disabled={isLoading} onClick={() => void loadOlder()}>
            {isLoading ? "Loading …" : "Load older lines"}
          </Button>
        ) : null}
        <Button
          look="quiet"
          size="small"
          className="ml-auto"
          aria-pressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
        >
          {isFollowing ? "Following the end" : "Follow the end"}
        </Button>
      </div>
      <CrashNote run={run} />
      <UnreadableNotice items={feed.snapshot?.unreadable ?? []} className="mx-4 my-1" />
      <div
        ref={scroller}
        role="log"
        aria-label="Output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto bg-panel py-1 font-mono text-xs"
        onWheel={(event) => event.deltaY < 0 && setFollowing(false)}
        onTouchMove={() => setFollowing(false)}
        // A press on the scroller itself, and not on a line, is one on its scroll bar.
        onPointerDown={(event) => event.target === event.currentTarget && setFollowing(false)}
        onKeyDown={(event) => ["ArrowUp", "PageUp", "Home"].includes(event.key) && setFollowing(false)}
      >
        <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <div
                key={index}
                ref={rows.measureElement}
                data-index={index}
                data-stream={line.stream}
                className={cn(
                  "absolute top-0 left-0 flex w-full gap-3 border-transparent border-l-2 px-3.5 leading-5",
                  line.stream === "stderr" && "border-bad bg-bad-soft",
                )}
                style={{ transform: `translateY(${start}px)` }}
              >
                <time
                  className="shrink-0 select-none text-faint"
                  title={format(line.timeMs, "yyyy-MM-dd HH:mm:ss.SSS")}
                >
                  {format(line.timeMs, "HH:mm:ss")}
                </time>
                <span className="min-w-0 whitespace-pre-wrap break-all">
                  {line.stream === "stderr" ? <span className="sr-only">stderr: </span> : null}
                  {line.text}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
