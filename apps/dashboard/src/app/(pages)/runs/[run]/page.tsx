import { runPath } from "@tailbone/protocol/page-paths";
import { requireSession } from "../../../../api/session";
import { withQuery } from "../../../../api/session-path";
import { RunPage } from "../../../../run/run-page";

type Props = {
  params: Promise<{ run: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function OneRunPage({ params, searchParams }: Props) {
  const { run } = await params;
  await requireSession(withQuery(runPath(run), await searchParams));
  return <RunPage key={run} run={run} />;
}
