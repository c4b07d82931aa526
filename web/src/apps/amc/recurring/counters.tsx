import { Plural, Trans } from "@lingui/react/macro";
import { CircleCheck, TriangleAlert } from "lucide-react";

import { Sheet } from "@/ui/page";

import { count } from "../figures";
import type { Schedule } from "./types";

/** How its runs ended, and how close it is to pausing itself. */
export function Counters({ schedule }: { schedule: Schedule }) {
  const { succeeded, failed, failures_in_a_row: row, auto_pause_after: most } = schedule;
  return (
    <Sheet className="p-13">
      <div className="flex flex-wrap gap-x-34 gap-y-8">
        <p className="inline-flex items-baseline gap-5 text-ok">
          <CircleCheck size={13} aria-hidden />
          <span className="text-26 font-semibold">{count(succeeded)}</span>
          <span className="text-12">
            <Plural value={succeeded} one="succeeded" other="succeeded" />
          </span>
        </p>
        <p className={`inline-flex items-baseline gap-5 ${failed > 0 ? "text-bad" : "text-muted"}`}>
          <TriangleAlert size={13} aria-hidden />
          <span className="text-26 font-semibold">{count(failed)}</span>
          <span className="text-12">
            <Plural value={failed} one="failed" other="failed" />
          </span>
        </p>
      </div>
      <p className="label mt-5">
        {succeeded + failed === 0 ? (
          <Trans>It has not fired yet.</Trans>
        ) : row === 0 ? (
          <Trans>No failure since the last success.</Trans>
        ) : most === null ? (
          <Plural value={row} one="# failure in a row; it goes on." other="# failures in a row; it goes on." />
        ) : (
          <Trans>
            {row} of {most} failures in a row, then it pauses itself.
          </Trans>
        )}
      </p>
    </Sheet>
  );
}
