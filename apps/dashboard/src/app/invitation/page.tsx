import type { Metadata } from "next";
import { InvitationPage } from "../../sign-in/invitation";

export const metadata: Metadata = { title: "Invitation" };

export default function Invitation() {
  return <InvitationPage />;
}
