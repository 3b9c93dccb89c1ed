import { runPath } from "@tailbone/protocol/page-paths";
import type { Alert } from "@tailbone/protocol/rules";
import type { LifeStrip } from "@tailbone/protocol/run";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { queries } from "../../api/queries";

/** The life of a feature that an alert is about, and the run's last step, at which its lane ends. */
export interface AlertLife {
  readonly strip: LifeStrip;
  readonly lastStep: number | null;
}

export interface RunLivesProps {
  run: Alert["run"];
  alerts: readonly Alert[];
  children: (lifeOf: (alert: Alert) => AlertLife | null) => ReactNode;
}

/**
 * The head of a run's alerts. Asks for the run's lives, once for all of its alerts, where one of them is about a
 * feature.
 */
export function RunLives({ run, alerts, children }: RunLivesProps) {
  const { data } = useQuery({ ...queries.run(run.id), enabled: alerts.some(({ feature }) => feature !== null) });
  function lifeOf({ feature }: Alert): AlertLife | null {
    const strip = data?.lives.find((life) => life.feature === feature);
    return data === undefined || strip === undefined ? null : { strip, lastStep: data.lastStep };
  }
  return (
    <>
      <h2 className="sticky top-0 z-10 truncate bg-page px-4 py-1.5 text-soft text-xs">
        {run.project} /{" "}
        <Link href={runPath(run.id)} prefetch={false} className="rounded font-medium text-ink hover:text-accent">
          {run.name}
        </Link>
      </h2>
      {children(lifeOf)}
    </>
  );
}
