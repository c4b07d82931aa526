import { plural, t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";

import type { DayFigures } from "./dashboard-types";

interface Bar {
  on: string;
  units: number;
  kept: number;
}

const most = 90;

/** Every day between two dates, the last ninety at most; a day without a commitment is an empty place. */
export function daysBetween(days: readonly DayFigures[], from: string, to: string): Bar[] {
  const known = new Map(days.map((day) => [day.on, day]));
  const bars: Bar[] = [];
  const first = [from, ...known.keys()].sort()[0] ?? from;
  for (let at = Date.parse(to); at >= Date.parse(first) && bars.length < most; at -= 86_400_000) {
    const on = new Date(at).toISOString().slice(0, 10);
    const day = known.get(on);
    bars.push({ on, units: day?.units ?? 0, kept: day?.kept_units ?? 0 });
  }
  return bars.reverse();
}

const say = (on: string) =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(on));

const width = 618;
const height = 144;

export function DayBars({ days, from, to }: { days: readonly DayFigures[]; from: string; to: string }) {
  const bars = daysBetween(days, from, to);
  const top = Math.max(1, ...bars.map((bar) => bar.units));
  const step = width / bars.length;
  const wide = Math.min(34, Math.max(1, step * 0.764));
  const tall = (units: number) => (units / top) * (height - 1);
  const first = bars[0]?.on ?? from;
  const total = bars.reduce((sum, bar) => sum + bar.units, 0);
  return (
    <figure>
      <div className="label flex justify-between">
        <span>
          <Plural value={top} one="# unit" other="# units" />
        </span>
      </div>
      <svg
        role="img"
        aria-label={t`${plural(total, { one: "# unit", other: "# units" })} placed between ${say(first)} and ${say(to)}, at most ${top} on one day`}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="h-144 w-full overflow-visible"
      >
        {bars.map((bar, index) => {
          const x = index * step + (step - wide) / 2;
          return (
            <g key={bar.on}>
              <title>{t`${say(bar.on)}: ${plural(bar.units, { one: "# unit", other: "# units" })} placed, of these ${bar.kept} committed still`}</title>
              <rect x={x} y={height - tall(bar.units)} width={wide} height={tall(bar.units)} className="fill-line-strong" opacity={0.5} />
              <rect x={x} y={height - tall(bar.kept)} width={wide} height={tall(bar.kept)} className="fill-info" />
            </g>
          );
        })}
        <line x1={0} x2={width} y1={height} y2={height} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="label mt-3 flex justify-between">
        <span>{say(first)}</span>
        {bars.length > 1 && <span>{say(to)}</span>}
      </figcaption>
    </figure>
  );
}
