import { requireSession } from "../../../api/session";
import { withQuery } from "../../../api/session-path";
import { ComparePage } from "../../../compare/compare-page";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Compare({ searchParams }: Props) {
  await requireSession(withQuery("/compare", await searchParams));
  return <ComparePage />;
}
