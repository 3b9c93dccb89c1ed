import type { ErrorCode } from "@tailbone/protocol/errors";
import Link from "next/link";
import { toTailboneError } from "../api/client";
import { Button } from "../ui/button";

const MISSING: ReadonlySet<ErrorCode> = new Set(["not_found", "gone", "bad_request"]);

/** Whether a page failed because what its address names is not there, or can be no such thing. */
export const isMissing = (error: Error | null): boolean => error !== null && MISSING.has(toTailboneError(error).code);

interface MissingNoticeProps {
  what: "run" | "project";
  id: string;
  list: { href: string; label: string };
}

/** What stands where a run or project was expected. */
export const MissingNotice = ({ what, id, list }: MissingNoticeProps) => (
  <div role="alert" className="grid max-w-xl gap-3 px-4 py-10">
    <h1 className="font-semibold text-base">There is no such {what}.</h1>
    <p className="text-soft">
      Nothing that you may see has the id <code className="break-all font-mono text-ink">{id}</code>. It may have been
      deleted, it may belong to another team (switch at the top of the navigation), or the address was cut short.
    </p>
    <div>
      <Button asChild>
        <Link href={list.href}>{list.label}</Link>
      </Button>
    </div>
  </div>
);
