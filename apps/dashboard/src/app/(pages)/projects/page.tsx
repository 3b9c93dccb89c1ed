import type { Metadata } from "next";
import { requireSession } from "../../../api/session";
import { withQuery } from "../../../api/session-path";
import { ProjectsPage } from "../../../projects/projects-page";

export const metadata: Metadata = { title: "Projects" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Projects({ searchParams }: Props) {
  await requireSession(withQuery("/projects", await searchParams));
  return <ProjectsPage />;
}
