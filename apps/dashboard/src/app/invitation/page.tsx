import type { Metadata } from "next";
import { connection } from "next/server";
import { InvitationPage } from "../../sign-in/invitation";

export const metadata: Metadata = { title: "Invitation" };

export default async function Invitation() {
  // Rendered for each request: the scripts of a page that was rendered before would have no nonce.
  await connection();
  return <InvitationPage />;
}
