import { requireSession } from "../../api/session";
import { withQuery } from "../../api/session-path";
import { ProjectsPage } from "../../projects/projects-page";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function HomePage({ searchParams }: Props) {
  await requireSession(withQuery("/", await searchParams));
  return <ProjectsPage opensOnly />;
}
