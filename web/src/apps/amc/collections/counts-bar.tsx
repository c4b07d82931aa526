import { t } from "@lingui/core/macro";
import { clsx } from "clsx";

import { count } from "../figures";
import type { Counts, SegmentState } from "./types";
import { segmentLooks, segmentWord } from "./words";

const order: SegmentState[] = ["settled", "provisional", "running", "failed", "waiting"];

/** How far a collection has come, as one bar. */
export function CountsBar({ counts, className }: { counts: Counts; className?: string }) {
  const parts = order.filter((state) => counts[state] > 0);
  const said = parts.map((state) => `${segmentWord(state)} ${count(counts[state])}`).join(", ");
  return (
    <span role="img" aria-label={t`Segments: ${said}`} className={clsx("flex h-5 overflow-hidden rounded-full bg-line", className)}>
      {parts.map((state) => (
        <span key={state} className={segmentLooks[state].bar} style={{ width: `${(counts[state] / Math.max(counts.total, 1)) * 100}%` }} />
      ))}
    </span>
  );
}

/** The same in words, each with its sign. */
export function CountsLegend({ counts }: { counts: Counts }) {
  return (
    <ul className="flex flex-wrap gap-x-13 gap-y-5 text-12">
      {order.map((state) => {
        const { icon: Icon, colour } = segmentLooks[state];
        return (
          <li key={state} className="inline-flex items-center gap-5">
            <span className={clsx("inline-flex size-[18px] items-center justify-center rounded-3 border", colour)}>
              <Icon size={12} aria-hidden />
            </span>
            {segmentWord(state)} <span className="font-medium">{count(counts[state])}</span>
          </li>
        );
      })}
    </ul>
  );
}
