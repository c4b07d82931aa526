import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { Facts } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { PeekPanel } from "@/ui/table/peek-panel";

import { count } from "../figures";
import { cellText } from "./cells";
import type { Statistics } from "./result-types";

/** What one column holds: how many values, their range, the commonest, and how numbers lie. */
export function ColumnPanel({ runId, column, onClose }: { runId: string; column: string; onClose: () => void }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/amc/runs", runId, "statistics", column],
    queryFn: ({ signal }) => get<Statistics>(`/amc/runs/${runId}/statistics`, { signal, query: { column } }),
    staleTime: Infinity,
  });
  return (
    <PeekPanel label={column} onClose={onClose}>
      <h2 className="mb-13 pr-34 font-mono text-16 font-semibold break-all">{column}</h2>
      {isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Figures figures={data} />
      )}
    </PeekPanel>
  );
}

function Figures({ figures }: { figures: Statistics }) {
  const { quantiles } = figures;
  const levels = Object.entries(quantiles ?? {});
  return (
    <>
      {figures.histogram.length > 1 && <Histogram bars={figures.histogram} />}
      <Facts
        dense
        facts={[
          [<Trans key="n">Values</Trans>, count(figures.count)],
          [<Trans key="n">Empty</Trans>, count(figures.nulls)],
          [<Trans key="n">Different ones</Trans>, count(figures.distinct)],
          [<Trans key="n">Least</Trans>, cellText(figures.min)],
          [<Trans key="n">Greatest</Trans>, cellText(figures.max)],
          ...(figures.mean === null ? [] : [[<Trans key="n">Mean</Trans>, cellText(figures.mean)] as const]),
          ...levels.map(([level, value]) => [t`${Math.round(Number(level) * 100)} % are below`, cellText(value)] as const),
        ]}
      />
      {figures.top.length > 0 && (
        <>
          <h3 className="mt-21 mb-5 text-12 font-semibold">
            <Trans>The commonest</Trans>
          </h3>
          <ol className="text-12">
            {figures.top.slice(0, 13).map(({ value, count: times }, index) => (
              <li key={index} className="relative flex justify-between gap-13 py-3">
                <span
                  aria-hidden
                  className="absolute inset-y-3 left-0 rounded-3 bg-sunken"
                  style={{ width: `${(times / (figures.top[0]?.count ?? 1)) * 100}%` }}
                />
                <span className="relative min-w-0 truncate pl-5">{cellText(value)}</span>
                <span className="relative shrink-0 pr-5">{count(times)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Histogram({ bars }: { bars: Statistics["histogram"] }) {
  const top = Math.max(...bars.map((bar) => bar.count), 1);
  const [first, last] = [bars[0], bars.at(-1)];
  const step = 377 / bars.length;
  return (
    <figure className="mb-13">
      <svg
        role="img"
        aria-label={t`How the values lie between ${cellText(first?.from ?? null)} and ${cellText(last?.to ?? null)}`}
        viewBox="0 0 377 89"
        preserveAspectRatio="none"
        className="h-89 w-full"
      >
        {bars.map((bar, index) => (
          <rect key={index} x={index * step + 1} width={step - 2} y={89 - (bar.count / top) * 88} height={(bar.count / top) * 88} className="fill-info">
            <title>{t`${cellText(bar.from)} to ${cellText(bar.to)}: ${count(bar.count)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="label flex justify-between">
        <span>{cellText(first?.from ?? null)}</span>
        <span>{cellText(last?.to ?? null)}</span>
      </figcaption>
    </figure>
  );
}
