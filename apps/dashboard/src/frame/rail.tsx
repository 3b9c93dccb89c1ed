"use client";
import { projectPath } from "@tailbone/protocol/page-paths";
import { useQuery } from "@tanstack/react-query";
import { Bell, ChevronsLeft, ChevronsRight, ChevronsUpDown, Folder, List, LogOut, Settings } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { signOut, switchTeam } from "../api/auth";
import { toTailboneError } from "../api/client";
import { queries } from "../api/queries";
import { Logo } from "../parts/logo";
import { RunningCount } from "../parts/run-state";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Menu, MenuCheck, MenuLabel } from "../ui/menu";
import { Skeleton } from "../ui/skeleton";
import { ThemeSwitch } from "./theme-switch";
import { useCountedRuns } from "./use-counted-runs";

export interface RailProps {
  isCollapsed: boolean;
  /** Missing: it is a drawer. */
  onToggle?: () => void;
  onNavigate?: () => void;
}

const REFRESH_MS = 15_000;

export function Rail({ isCollapsed, onToggle, onNavigate = () => {} }: RailProps) {
  const path = usePathname();
  const { data, error } = useQuery({ ...queries.projects, refetchInterval: REFRESH_MS });
  useCountedRuns();
  const { data: alerts } = useQuery(queries.unread);
  const unread = alerts?.unread ?? 0;
  const projects = data?.projects.toSorted((a, b) => a.name.localeCompare(b.name));
  const row = { isCollapsed, onNavigate };
  return (
    <nav className="flex h-full flex-col gap-0.5 overflow-y-auto p-2">
      <div className="mb-2 flex h-8 items-center justify-between gap-1">
        <Team isCollapsed={isCollapsed} />
      </div>
      <Row {...row} href="/runs" icon={<List />} label="Runs" isCurrent={path === "/runs"} />
      <Row {...row} href="/alerts" icon={<Bell />} label="Alerts" isCurrent={path === "/alerts"} unread={unread} />
      <Row {...row} href="/settings" icon={<Settings />} label="Settings" isCurrent={path === "/settings"} />
      {isCollapsed ? (
        <Row {...row} href="/projects" icon={<Folder />} label="Projects" isCurrent={path === "/projects"} />
      ) : (
        <>
          <Link
            href="/projects"
            onClick={onNavigate}
            className="mt-4 mb-1 rounded px-2 font-medium text-faint text-xs hover:text-ink"
          >
            Projects
          </Link>
          {projects !== undefined ? null : error === null ? (
            <Skeleton className="mx-2 h-4 w-24" />
          ) : (
            <p className="px-2 text-bad text-xs">{toTailboneError(error).message}</p>
          )}
          {projects?.map((project) => (
            <Row
              key={project.id}
              {...row}
              href={projectPath(project.id)}
              label={project.name}
              isCurrent={path === projectPath(project.id)}
              note={project.running > 0 ? <RunningCount running={project.running} /> : undefined}
            />
          ))}
          {projects?.length === 0 ? <p className="px-2 text-faint text-xs">None yet</p> : null}
        </>
      )}
      <div className={cn("mt-auto flex gap-1 pt-4", isCollapsed ? "flex-col" : "items-center")}>
        <ThemeSwitch />
        <Button look="quiet" size="icon" aria-label="Sign out" title="Sign out" onClick={() => void signOut()}>
          <LogOut />
        </Button>
        {onToggle === undefined ? null : (
          <Button
            look="quiet"
            size="icon"
            className={isCollapsed ? "" : "ml-auto"}
            aria-expanded={!isCollapsed}
            aria-label={isCollapsed ? "Widen the navigation" : "Narrow the navigation"}
            title={isCollapsed ? "Widen" : "Narrow"}
            onClick={onToggle}
          >
            {isCollapsed ? <ChevronsRight /> : <ChevronsLeft />}
          </Button>
        )}
      </div>
    </nav>
  );
}

interface RowProps {
  href: string;
  icon?: ReactNode;
  label: string;
  note?: ReactNode;
  unread?: number;
  isCurrent: boolean;
  isCollapsed: boolean;
  onNavigate: () => void;
}

const MOST_UNREAD = 99;

function Row({ href, icon, label, note, unread = 0, isCurrent, isCollapsed, onNavigate }: RowProps) {
  const name = unread === 0 ? label : `${label}, ${unread} unread`;
  return (
    <Link
      href={href}
      onClick={onNavigate}
      aria-current={isCurrent ? "page" : undefined}
      aria-label={isCollapsed || unread > 0 ? name : undefined}
      title={isCollapsed ? name : undefined}
      className={cn(
        "relative flex h-7 items-center gap-2 rounded-md px-2 text-soft hover:bg-sunken hover:text-ink [&_svg]:size-3.5 [&_svg]:shrink-0",
        isCurrent && "bg-accent-soft font-medium text-accent hover:bg-accent-soft hover:text-accent",
      )}
    >
      {icon}
      {isCollapsed ? null : <span className="min-w-0 truncate">{label}</span>}
      {note === undefined ? null : <span className="ml-auto shrink-0 text-xs">{note}</span>}
      {unread === 0 ? null : (
        <span
          data-testid="unread"
          className={cn(
            "shrink-0 rounded-full bg-accent text-center font-medium text-2xs text-accent-ink tabular-nums",
            isCollapsed ? "absolute -top-0.5 -right-1 px-1" : "ml-auto px-1.5",
          )}
        >
          {unread > MOST_UNREAD ? `${MOST_UNREAD}+` : unread}
        </span>
      )}
    </Link>
  );
}

function Team({ isCollapsed }: { isCollapsed: boolean }) {
  const { data: me } = useQuery(queries.me);
  const name = (
    <>
      <Logo className="size-5 shrink-0 text-accent" />
      {isCollapsed ? null : <span className="min-w-0 truncate font-semibold">{me?.team.name ?? "Tailbone"}</span>}
    </>
  );
  if (me === undefined || me.teams.length < 2) {
    return (
      <Link href="/" className="flex min-w-0 items-center gap-2 rounded px-1.5" aria-label="Home">
        {name}
      </Link>
    );
  }
  return (
    <Menu
      trigger={
        <Button look="quiet" className="h-8 w-full justify-start px-1.5 text-ink" aria-label="Switch the team">
          {name}
          {isCollapsed ? null : <ChevronsUpDown className="ml-auto" />}
        </Button>
      }
    >
      <MenuLabel>Teams</MenuLabel>
      {me.teams.map((team) => (
        <MenuCheck key={team.id} checked={team.id === me.team.id} onCheckedChange={() => void switchTeam(team.id)}>
          {team.name}
        </MenuCheck>
      ))}
    </Menu>
  );
}
