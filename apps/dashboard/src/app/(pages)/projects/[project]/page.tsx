import { projectPath } from "@tailbone/protocol/page-paths";
import { requireSession } from "../../../../api/session";
import { withQuery } from "../../../../api/session-path";
import { RunsPage } from "../../../../runs/runs-page";

type Props = {
  params: Promise<{ project: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function ProjectPage({ params, searchParams }: Props) {
  const { project } = await params;
  await requireSession(withQuery(projectPath(project), await searchParams));
  return <RunsPage project={project} />;
}
