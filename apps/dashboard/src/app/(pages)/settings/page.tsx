import type { Metadata } from "next";
import { requireSession } from "../../../api/session";
import { SettingsPage } from "../../../settings/settings-page";

export const metadata: Metadata = { title: "Settings" };

export default async function Settings() {
  await requireSession("/settings");
  return <SettingsPage />;
}
