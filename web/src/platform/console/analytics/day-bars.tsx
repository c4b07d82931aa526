import { t } from "@lingui/core/macro";

import { formatDay } from "@/kernel/time";

import { figure } from "../word";
import type { TrafficDay } from "./types";

const height = 144;
const gap = 2;
const bar = 21;

/** A bar a day; a day without samples stays empty. The table beneath says the same in figures. */
export function DayBars({ days }: { days: readonly TrafficDay[] }) {
  const most = Math.max(1, ...days.map(({ requests }) => requests ?? 0));
  const measured = days.filter(({ requests }) => requests !== null).length;
  const width = days.length * (bar + gap) - gap;
  return (
    <svg
      role="img"
      aria-label={t`Requests by day, ${measured} days measured, at most ${figure(most)}`}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      className="h-144 w-full text-link"
    >
      {days.map(({ day, requests }, index) => {
        if (requests === null) return null;
        const tall = Math.max(requests === 0 ? 0 : 2, (requests / most) * height);
        return (
          <rect key={day} x={index * (bar + gap)} y={height - tall} width={bar} height={tall} fill="currentColor">
            <title>{`${formatDay(day)}: ${figure(requests)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
