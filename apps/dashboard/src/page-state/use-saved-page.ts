import { TailboneError } from "@tailbone/protocol/errors";
import { type PageState, readPageState, type SavedPage, type SavedStates } from "@tailbone/protocol/page-state/saved";
import {
  notifyManager,
  type QueryClient,
  skipToken,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { toTailboneError } from "../api/client";
import { useLive } from "../live/live-provider";
import { savedPageQuery, savePage } from "./page-calls";

/**
 * A change of a saved state. It is made again on what others have saved meanwhile, so it asks the state it is given for
 * what it changes; null: that is not there any more.
 */
type PageEdit<State> = (state: State) => State | null;

export interface SavedPageView<State> {
  /**
   * As it is saved, with one's own changes that are on their way; `initial` where nothing is saved or it cannot be
   * read.
   */
  readonly state: State;
  readonly isReading: boolean;
  /** Something is saved, or about to be. */
  readonly isKept: boolean;
  /** Why what is saved is not what is shown; then nothing is changed. */
  readonly problem: TailboneError | null;
  /** Reads it again; of what cannot be read, begins anew in its place. */
  readonly mend: { readonly does: "retry" | "begin-anew"; readonly act: () => void } | null;
  readonly change: (edit: PageEdit<State>) => void;
}

/** How often a change is made again because others were quicker, before it is given up. */
const ATTEMPTS = 4;

/**
 * What the team keeps of a page for a project; null: of none, so nothing. What others save comes by itself. A change
 * shows at once and is saved on what was saved last: where somebody else has saved meanwhile, it is made to theirs, and
 * that is said; where it cannot be made or saved, it is taken back, and that is said too.
 */
export function useSavedPage<Page extends SavedPage>(
  project: string | null,
  page: Page,
  initial: SavedStates[Page],
): SavedPageView<SavedStates[Page]> {
  type Edit = PageEdit<SavedStates[Page]>;
  const client = useQueryClient();
  const query = useMemo(() => savedPageQuery(project ?? "", page), [project, page]);
  const pendingKey = useMemo(() => ["page-edits", project, page], [project, page]);
  const { data, error, isPending, refetch } = useQuery({ ...query, enabled: project !== null });
  const { data: pending = none } = useQuery<readonly Edit[]>({
    queryKey: pendingKey,
    queryFn: skipToken,
    initialData: none,
  });
  const connection = useLive();
  const [newest, setNewest] = useState(0);
  useEffect(
    () =>
      connection.onPageSaved((saved) => {
        if (saved.project === project && saved.page === page) setNewest(saved.revision);
      }),
    [connection, project, page],
  );
  // Of one's own change the answer says what was saved; until then it would be made twice.
  const isBehind = pending.length === 0 && data !== undefined && data.revision < newest;
  useEffect(() => {
    if (isBehind) void client.invalidateQueries({ queryKey: query.queryKey });
  }, [isBehind, client, query]);
  const setPending = useCallback(
    (update: (edits: readonly Edit[]) => readonly Edit[]) =>
      client.setQueryData<readonly Edit[]>(pendingKey, (edits) => update(edits ?? none)),
    [client, pendingKey],
  );
  const stateOf = useCallback(
    (known: PageState | undefined): SavedStates[Page] => {
      const saved = known?.state ?? null;
      return saved === null ? initial : readPageState(page, saved);
    },
    [page, initial],
  );
  const saved = useMemo(() => stateOf(data), [data, stateOf]);
  const state = useMemo(() => pending.reduce((state, edit) => edit(state) ?? state, saved), [pending, saved]);

  const { mutate } = useMutation({
    scope: { id: `page-state ${project} ${page}` },
    networkMode: "always",
    meta: { says: "itself" },
    mutationFn: (edit: Edit) =>
      saveEdit(client, query, async (known) => {
        const next = edit(stateOf(known));
        if (next === null) throw gone(known.savedBy);
        return savePage(project ?? "", page, { revision: known.revision, state: next });
      }),
    onMutate: (edit) => setPending((edits) => [...edits, edit]),
    onSuccess: ({ saved, meanwhile }, edit) => {
      // At once, so that the change is neither shown twice nor gone in between.
      notifyManager.batch(() => {
        client.setQueryData(query.queryKey, saved);
        setPending((edits) => edits.filter((one) => one !== edit));
      });
      if (meanwhile === null) return;
      toast.info(`${meanwhile} has changed this meanwhile.`, { description: "Your change was made to theirs." });
    },
    onError: (failure, edit) => {
      setPending((edits) => edits.filter((one) => one !== edit));
      const { message, hint } = toTailboneError(failure);
      toast.error("Your change is not saved.", { description: `${message} ${hint}` });
    },
  });
  const isKept = pending.length > 0 || (data?.state ?? null) !== null;
  return { state, isKept, isReading: isPending && project !== null, ...problemOf(data, error), change: mutate };

  function problemOf(known: PageState | undefined, failure: Error | null) {
    if (known?.unreadable) {
      const act = (): void => {
        savePage(project ?? "", page, { revision: known.revision, state: initial }).then(
          (saved) => client.setQueryData(query.queryKey, saved),
          (failure) => toast.error(toTailboneError(failure).message),
        );
      };
      const problem = new TailboneError("version_mismatch", known.unreadable, "");
      return { problem, mend: { does: "begin-anew" as const, act } };
    }
    if (known !== undefined || failure === null) return { problem: null, mend: null };
    return { problem: toTailboneError(failure), mend: { does: "retry" as const, act: () => void refetch() } };
  }
}

const none: readonly never[] = [];

const gone = (by: string | null): TailboneError =>
  new TailboneError(
    "conflict",
    `${by ?? "Somebody"} has changed this meanwhile, and what you changed is gone.`,
    "What is there now is shown.",
  );

/** Saves on what was saved last, and again where others were quicker: `meanwhile` is who. */
async function saveEdit(
  client: QueryClient,
  query: ReturnType<typeof savedPageQuery>,
  save: (known: PageState) => Promise<PageState>,
): Promise<{ saved: PageState; meanwhile: string | null }> {
  let known = await client.ensureQueryData(query);
  let meanwhile: string | null = null;
  for (let attempt = 1; ; attempt++) {
    try {
      return { saved: await save(known), meanwhile };
    } catch (error) {
      const before = known.revision;
      if (toTailboneError(error).code !== "conflict" || attempt === ATTEMPTS) throw error;
      known = await client.fetchQuery({ ...query, staleTime: 0 });
      if (known.revision === before) throw error;
      meanwhile = known.savedBy;
    }
  }
}
