import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { useEffect, useState } from "react";

import { useMe } from "@/kernel/me";

import { took } from "../figures";
import type { Run, RunState } from "../types";
import { runWord } from "../words";

const way: RunState[] = ["queued", "submitting", "pending", "running", "fetching", "succeeded"];

/** How far a run has come and for how long it has been under way; the page follows by itself. */
export function UnderWay({ run }: { run: Run }) {
  // A sandbox may run ahead of the clock on the wall.
  const ahead = useMe()?.tenant?.clock_offset_seconds ?? 0;
  const now = useNow() + ahead * 1000;
  const at = way.indexOf(run.state);
  const since = took(run.created_at, new Date(Math.max(now, Date.parse(run.created_at))).toISOString());
  return (
    <section className="mb-21 rounded-8 border border-line bg-paper p-13">
      <ol className="flex gap-5">
        {way.map((state, index) => (
          <li key={state} aria-current={index === at ? "step" : undefined} className="min-w-0 flex-1">
            <span className={clsx("block h-3 rounded-full", index <= at ? "bg-ink" : "bg-line")} />
            <span className={clsx("label mt-3 block truncate max-sm:sr-only", index === at && "font-medium text-ink")}>{runWord(state)}</span>
          </li>
        ))}
      </ol>
      <p className="mt-8 text-12">
        <Trans>Under way for {since}.</Trans>{" "}
        <span className="text-muted">{run.state_reason ?? <Trans>You can leave this page: the run goes on.</Trans>}</span>
      </p>
    </section>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
