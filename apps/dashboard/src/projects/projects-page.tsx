"use client";
import { projectPath } from "@tailbone/protocol/page-paths";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { queries } from "../api/queries";
import { formatCount } from "../format/number";
import { FirstRun } from "../parts/first-run";
import { RunningCount } from "../parts/run-state";
import { TopLine } from "../parts/top-line";
import { Unread } from "../parts/unread";
import { Ago } from "../ui/ago";
import { KeyedTable } from "../ui/table";
import { useNow } from "../ui/use-now";

/** While there is no project, the first one is waited for. */
const WAITING_MS = 1500;

/** All projects. `opensOnly`: where there is one alone, it is what is wanted. */
export function ProjectsPage({ opensOnly = false }: { opensOnly?: boolean }) {
  const router = useRouter();
  const query = useQuery({
    ...queries.projects,
    refetchInterval: ({ state }) => (state.data?.projects.length === 0 ? WAITING_MS : 15_000),
  });
  const { data } = query;
  const now = useNow(5000);
  const only = opensOnly && data?.projects.length === 1 ? data.projects[0] : undefined;
  useEffect(() => {
    if (only !== undefined) router.replace(projectPath(only.id));
  }, [only, router]);
  return (
    <>
      <TopLine crumbs={[{ label: "Projects" }]} />
      <main className="min-h-0 flex-1 overflow-auto">
        {data === undefined || only !== undefined ? (
          <Unread of={[query]} shape={6} />
        ) : data.projects.length === 0 ? (
          <FirstRun />
        ) : (
          <>
            <h1 className="px-4 py-3 font-semibold text-base">Projects</h1>
            <KeyedTable label="Projects" heads={["Name", { number: "Runs" }, "Running", "Last active"]}>
              {data.projects.map(({ id, name, runs, running, lastActiveAtMs }) => (
                <tr key={id} className="relative">
                  <td className="w-1/2">
                    <Link
                      href={projectPath(id)}
                      className="rounded font-medium after:absolute after:inset-0 hover:text-accent"
                    >
                      {name}
                    </Link>
                  </td>
                  <td className="text-right">{formatCount(runs)}</td>
                  <td>
                    <RunningCount running={running} none="none" />
                  </td>
                  <td className="text-soft">
                    {lastActiveAtMs === null ? "" : <Ago timeMs={lastActiveAtMs} now={now} />}
                  </td>
                </tr>
              ))}
            </KeyedTable>
          </>
        )}
      </main>
    </>
  );
}
