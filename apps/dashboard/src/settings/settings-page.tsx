"use client";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../api/queries";
import { isManager, mayEdit } from "../api/standing";
import { TopLine } from "../parts/top-line";
import { Unread } from "../parts/unread";
import { AccountSection } from "./account-section";
import { KeysSection } from "./keys-section";
import { MembersSection } from "./members-section";
import { SecondFactorSection } from "./second-factor-section";
import { SecurityLogSection } from "./security-log-section";
import { SessionsSection } from "./sessions-section";

export function SettingsPage() {
  const query = useQuery(queries.me);
  const { data: me } = query;
  return (
    <>
      <TopLine crumbs={[{ label: "Settings" }]} />
      <main className="min-h-0 flex-1 overflow-auto">
        {me === undefined ? (
          <Unread of={[query]} shape={8} />
        ) : (
          <div className="grid max-w-5xl gap-10 px-4 py-5">
            <h1 className="sr-only">Settings</h1>
            {me.user === null ? null : <AccountSection user={me.user} />}
            {me.user === null ? null : <SecondFactorSection user={me.user} />}
            <SessionsSection />
            <KeysSection canMake={mayEdit(me)} canRevoke={isManager(me)} self={me.user?.id ?? null} />
            <MembersSection team={me.team.name} role={me.team.role} self={me.user?.id ?? null} />
            {isManager(me) ? <SecurityLogSection /> : null}
          </div>
        )}
      </main>
    </>
  );
}
