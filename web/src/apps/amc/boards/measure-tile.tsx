import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useCallback } from "react";

import { Skeleton } from "@/ui/skeleton";

import type { Colours } from "../results/chart-options";
import { seriesChart } from "./chart-of";
import { ChangeSign } from "./change-sign";
import { ClientTable } from "./client-table";
import { figureText } from "./figure-text";
import { linesOf, mostLines } from "./lines";
import { SeriesTable } from "./series-table";
import { reasonText } from "./silent-measures";
import type { Chart, ShownMeasure } from "./types";

const ChartCanvas = lazy(() => import("../results/chart-canvas"));

interface MeasureTileProps {
  measure: ShownMeasure;
  chart: Chart;
  compared: boolean;
  /** Its total stands on a card already. */
  carded: boolean;
}

/** A measure: its total, what it was, how it changed; then its line, bars or table. */
export function MeasureTile({ measure, chart, compared, carded }: MeasureTileProps) {
  const { label, format, clients } = measure;
  return (
    <article aria-label={label} className="flex h-full flex-col rounded-8 border border-line bg-paper p-13">
      <h2 className="text-12 font-semibold">{carded ? t`${label} over time` : label}</h2>
      {!carded && <Total measure={measure} compared={compared} />}
      {chart === "table" && <SeriesTable lines={linesOf(measure)} format={format} />}
      {(chart === "line" || chart === "bar") && <Drawn measure={measure} chart={chart} />}
      {!carded && clients.length > 1 && (
        <details className="mt-8 text-12">
          <summary className="cursor-pointer text-muted hover:text-ink">
            <Trans>By client</Trans>
          </summary>
          <ClientTable clients={clients} format={format} compared={compared} />
        </details>
      )}
    </article>
  );
}

function Total({ measure, compared }: { measure: ShownMeasure; compared: boolean }) {
  const { format, total, base, change, reason } = measure;
  if (reason !== null) return <p className="label max-w-618">{reasonText(reason)}</p>;
  return (
    <div className="flex flex-wrap items-baseline gap-x-13">
      <p className="text-26 font-semibold">{figureText(total, format)}</p>
      {compared && (
        <p className="text-12">
          <ChangeSign change={change} />{" "}
          <span className="text-muted">
            {base === null ? <Trans>nothing to compare it with</Trans> : <Trans>was {figureText(base, format)}</Trans>}
          </span>
        </p>
      )}
    </div>
  );
}

function Drawn({ measure, chart }: { measure: ShownMeasure; chart: "line" | "bar" }) {
  const { label, format } = measure;
  const provisional = t`provisional`;
  const lines = linesOf(measure);
  const known = lines.some(({ points }) => points.some(({ value }) => value !== null));
  const options = useCallback(
    (colours: Colours) => seriesChart(chart, linesOf(measure).slice(0, mostLines), measure.format, { provisional }, colours),
    [chart, measure, provisional],
  );
  if (!known) {
    return (
      <p className="label mt-8">
        <Trans>No figure in this period.</Trans>
      </p>
    );
  }
  return (
    <>
      <div data-drawn className="mt-8">
        <Suspense fallback={<Skeleton className="h-233" />}>
          <ChartCanvas label={t`${label} over time`} options={options} className="h-233" />
        </Suspense>
      </div>
      {lines.length > mostLines && (
        <p className="label">
          <Trans>The first {mostLines} clients are drawn; the table holds them all.</Trans>
        </p>
      )}
      <details className="mt-5 text-12 print:hidden">
        <summary className="cursor-pointer text-muted hover:text-ink">
          <Trans>As a table</Trans>
        </summary>
        <SeriesTable lines={lines} format={format} />
      </details>
      <div className="hidden print:block">
        <SeriesTable lines={lines} format={format} />
      </div>
    </>
  );
}
