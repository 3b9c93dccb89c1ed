import type { Metadata } from "next";
import { AlertsPage } from "../../../alerts/alerts-page";
import { requireSession } from "../../../api/session";
import { withQuery } from "../../../api/session-path";

export const metadata: Metadata = { title: "Alerts" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Alerts({ searchParams }: Props) {
  await requireSession(withQuery("/alerts", await searchParams));
  return <AlertsPage />;
}
