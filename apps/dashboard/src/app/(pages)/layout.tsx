import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { RAIL_COOKIE } from "../../frame/rail-cookie";
import { Shell } from "../../frame/shell";

export default async function PagesLayout({ children }: { children: ReactNode }) {
  const isCollapsed = (await cookies()).get(RAIL_COOKIE)?.value === "collapsed";
  return <Shell isCollapsed={isCollapsed}>{children}</Shell>;
}
