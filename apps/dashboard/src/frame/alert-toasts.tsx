"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { toast } from "sonner";
import { useLive } from "../live/live-provider";

/** Tells of the team's new alerts on every page, and has lists of alerts read anew. */
export function AlertToasts() {
  const live = useLive();
  const client = useQueryClient();
  const router = useRouter();
  useEffect(
    () =>
      live.onAlert(({ id, title, run, text, path }, isNew) => {
        void client.invalidateQueries({ queryKey: ["alerts"] });
        if (!isNew) return;
        const action = { label: "Show", onClick: () => router.push(path) };
        toast(title, { id, description: `${run.project} / ${run.name}. ${text}`, action });
      }),
    [live, client, router],
  );
  return null;
}
