import type { Metadata } from "next";
import { AlertsPage } from "../../../alerts/alerts-page";
import { requireSession } from "../../../api/session";

export const metadata: Metadata = { title: "Alerts" };

export default async function Alerts() {
  await requireSession("/alerts");
  return <AlertsPage />;
}
