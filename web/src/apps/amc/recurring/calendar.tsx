import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { asProblem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { Skeleton } from "@/ui/skeleton";

import { windowText } from "../figures";
import { scaleTime, type Scale } from "./calendar-scale";
import type { SchedulePreview } from "./types";

interface CalendarProps {
  data: SchedulePreview | undefined;
  error: unknown;
  zone: string;
}

/** The next ten firings and the next three windows: drawn on a line of time, and written below it. */
export function Calendar({ data, error, zone }: CalendarProps) {
  if (error !== null) return <p className="text-12 text-bad">{asProblem(error).errors[0]?.hint ?? asProblem(error).said}</p>;
  if (data === undefined) return <Skeleton className="h-144" />;
  const scale = scaleTime(data);
  return (
    <section aria-label={t`What comes next`} className="text-12">
      {scale !== null && <Drawn scale={scale} />}
      <ol className="mt-13">
        {data.firings.map((at, index) => {
          const window = data.windows[index];
          return (
            <li key={at} className="flex flex-wrap items-baseline justify-between gap-x-21 border-b border-line py-5 last:border-0">
              <span>
                <span className="mr-8 inline-block w-21 text-right text-muted">{index + 1}</span>
                {formatInstant(at, zone)}
              </span>
              {window !== undefined && (
                <span className="text-muted max-sm:ml-[29px]">
                  <Trans>reads {windowText(window.start, window.end)}</Trans>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const [width, edge] = [1000, 13];
// From here on a word stands before its line: after it there is no room.
const late = 0.94;
const along = (share: number) => edge + share * (width - 2 * edge);

function Drawn({ scale }: { scale: Scale }) {
  return (
    <>
      <svg
        role="img"
        aria-label={t`Three windows and ten firings on a line of time`}
        viewBox={`0 0 ${width} 106`}
        preserveAspectRatio="none"
        className="h-[106px] w-full"
      >
        {scale.months.map(({ at, label }) => (
          <line key={`${label} ${at}`} x1={along(at)} x2={along(at)} y1={0} y2={105} className="stroke-line" vectorEffect="non-scaling-stroke" />
        ))}
        {scale.windows.map(({ from, to }, index) => (
          <rect
            key={index}
            x={along(from)}
            y={8 + index * 21}
            width={Math.max((to - from) * (width - 2 * edge), 3)}
            height={13}
            rx={3}
            className="fill-info-soft stroke-info"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {scale.firings.map((at, index) => (
          <line
            key={at}
            x1={along(at)}
            x2={along(at)}
            y1={index < scale.windows.length ? 8 + index * 21 : 76}
            y2={105}
            className={index < scale.windows.length ? "stroke-ink" : "stroke-muted"}
            strokeWidth={index < scale.windows.length ? 2 : 1}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        <line x1={0} x2={width} y1={105} y2={105} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      {/* The drawing is stretched to its place: words in it would be, too. */}
      <div aria-hidden className="label relative h-[18px] overflow-hidden">
        {scale.months.map(({ at, label }) => (
          <span key={`${label} ${at}`} className="absolute px-3" style={at > late ? { right: `${100 - (along(at) / width) * 100}%` } : { left: `${(along(at) / width) * 100}%` }}>
            {label}
          </span>
        ))}
      </div>
      <Legend />
    </>
  );
}

function Legend() {
  return (
    <p className="label mt-5 flex flex-wrap gap-x-21">
      <span className="inline-flex items-center gap-5">
        <span aria-hidden className="inline-block h-8 w-21 rounded-3 border border-info bg-info-soft" />
        <Trans>what is read</Trans>
      </span>
      <span className="inline-flex items-center gap-5">
        <span aria-hidden className="inline-block h-13 w-2 bg-ink" />
        <Trans>when it fires</Trans>
      </span>
    </p>
  );
}
