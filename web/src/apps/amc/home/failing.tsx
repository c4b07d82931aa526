import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";

import { formatShort } from "@/kernel/time";
import { Sheet } from "@/ui/page";

import type { Home } from "../types";

/** What failed the last time it was asked, each with the reason. */
export function Failing({ home }: { home: Home }) {
  if (home.failing.length === 0) {
    return (
      <p className="flex items-center gap-5 text-12 text-ok">
        <CircleCheck size={13} aria-hidden /> <Trans>Nothing fails.</Trans>
      </p>
    );
  }
  return (
    <Sheet>
      <ul className="text-12">
        {home.failing.map((run) => (
          <li key={run.id} className="border-b border-line px-13 py-8 last:border-0">
            <Link to="/amc/runs/$runId" params={{ runId: run.id }} className="font-medium hover:underline">
              {run.name}
            </Link>
            <p className="line-clamp-2 text-bad">{run.problem?.message ?? run.state_reason}</p>
            <p className="label">{formatShort(run.finished_at ?? run.created_at)}</p>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
