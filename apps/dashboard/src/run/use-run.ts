import type { RunList, RunPatch } from "@tailbone/protocol/http";
import type { Run, RunDetail } from "@tailbone/protocol/run";
import { type InfiniteData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { patchRun } from "../api/calls";
import { queries } from "../api/queries";
import { keepHead } from "../live/keep-head";
import { useLive } from "../live/live-provider";
import { addSample, type PaceSample } from "./pace";

/** One run, its head kept live; `samples` say at which pace it goes. */
export function useRun(id: string) {
  const connection = useLive();
  const client = useQueryClient();
  const query = useQuery(queries.run(id));
  const [samples, setSamples] = useState<readonly PaceSample[]>([]);
  const [isDeleted, setDeleted] = useState(false);
  useEffect(() => {
    const stopHeads = connection.onRun((head) => {
      if (head.id !== id) return;
      keepHead(client, head);
      setSamples((known) => addSample(known, head));
    });
    const stopDeleted = connection.onDeleted((run) => run === id && setDeleted(true));
    return () => {
      stopHeads();
      stopDeleted();
    };
  }, [connection, client, id]);
  return { ...query, samples, isDeleted };
}

/** Changes a run, at once on the page, and back if the hub refuses. */
export function usePatchRun(id: string) {
  const client = useQueryClient();
  const { queryKey } = queries.run(id);
  return useMutation({
    mutationFn: (patch: RunPatch) => patchRun(id, patch),
    onMutate: (patch) => {
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (known) => (known === undefined ? known : changeHead(known, patch)));
      return { before };
    },
    onError: (_error, _patch, context) => client.setQueryData(queryKey, context?.before),
    onSuccess: (run) => {
      client.setQueryData(queryKey, run);
      client.setQueriesData<InfiniteData<RunList>>({ queryKey: ["runs"] }, (known) => known && replaceRun(known, run));
    },
  });
}

function changeHead(run: RunDetail, { name, tags, notes }: RunPatch): RunDetail {
  return { ...run, name: name ?? run.name, tags: tags ?? run.tags, notes: notes ?? run.notes };
}

function replaceRun(known: InfiniteData<RunList>, run: Run): InfiniteData<RunList> {
  const swap = (one: Run): Run => (one.id === run.id ? run : one);
  return { ...known, pages: known.pages.map((page) => ({ ...page, runs: page.runs.map(swap) })) };
}
