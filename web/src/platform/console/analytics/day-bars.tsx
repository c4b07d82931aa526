import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

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
  const width = Math.max(bar, days.length * (bar + gap) - gap);
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  return (
    <figure>
      <p className="label mb-3 tabular-nums">
        <Trans>{figure(most)} a day</Trans>
      </p>
      <svg
        role="img"
        aria-label={t`Requests by day, ${measured} days measured, at most ${figure(most)}`}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        preserveAspectRatio="none"
        className="h-144 w-full overflow-visible"
      >
        {days.map(({ day, requests }, index) => {
          if (requests === null) return null;
          const tall = Math.max(requests === 0 ? 0 : 2, (requests / most) * height);
          return (
            <rect key={day} x={index * (bar + gap)} y={height - tall} width={bar} height={tall} className="fill-info">
              <title>{`${formatDay(day)}: ${figure(requests)}`}</title>
            </rect>
          );
        })}
        <line x1={0} x2={width} y1={height} y2={height} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="label mt-3 flex justify-between">
        {first !== undefined && <span>{formatDay(first)}</span>}
        {last !== undefined && last !== first && <span>{formatDay(last)}</span>}
      </figcaption>
    </figure>
  );
}
