import type { Metadata } from "next";
import { requireSession } from "../../../api/session";
import { withQuery } from "../../../api/session-path";
import { RunsPage } from "../../../runs/runs-page";

export const metadata: Metadata = { title: "Runs" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function AllRunsPage({ searchParams }: Props) {
  await requireSession(withQuery("/runs", await searchParams));
  return <RunsPage project={null} />;
}
