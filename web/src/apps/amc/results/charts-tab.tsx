import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useCallback, useState } from "react";

import { Field } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { RowsSkeleton, Skeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { Run } from "../types";
import { chartKinds, chartWord, type ChartKind } from "./chart-kinds";
import { barsOrLine, heatMap, type Colours } from "./chart-options";
import { OverlapChart, PathChart } from "./row-charts";
import { partsOf, pathColumn, weightColumn } from "./guess";
import { aggregateWord } from "./pivot-tab";
import { aggregates, type Aggregate, type PivotGrid } from "./result-types";
import { usePivot } from "./use-pivot";

// The drawing of charts is a chunk of its own, fetched with the first of them.
const ChartCanvas = lazy(() => import("./chart-canvas"));

export function ChartsTab({ run }: { run: Run }) {
  const parts = partsOf(run);
  const [kind, setKind] = useState<ChartKind>(() => (pathColumn(parts) === null ? "bar" : "sankey"));
  return (
    <>
      <Field label={t`Picture`} className="mb-13 sm:w-1/4">
        {({ id }) => (
          <Select<ChartKind> id={id} value={kind} choices={chartKinds.map((value) => ({ value, label: chartWord(value) }))} onChange={setKind} />
        )}
      </Field>
      {kind === "sankey" ? <PathChart run={run} /> : kind === "venn" ? <OverlapChart run={run} /> : <GridChart key={kind} run={run} kind={kind} />}
    </>
  );
}

function GridChart({ run, kind }: { run: Run; kind: "bar" | "line" | "heatmap" }) {
  const parts = partsOf(run);
  const columns = run.columns ?? [];
  const [along, setAlong] = useState(parts.words[0]?.name ?? columns[0]?.name ?? "");
  const [split, setSplit] = useState(kind === "heatmap" ? (parts.words[1]?.name ?? "") : "");
  const [measured, setMeasured] = useState(() => weightColumn(parts, along));
  const [aggregate, setAggregate] = useState<Aggregate>("sum");
  const shape = {
    rows: along === "" ? [] : [along],
    columns: split === "" || split === along ? [] : [split],
    measures: measured === "" ? [] : [{ column: measured, aggregate }],
  };
  const ready = kind !== "heatmap" || shape.columns.length > 0;
  const { data, error, isPending, refetch } = usePivot(run.id, shape, ready);
  const names = columns.map(({ name }) => ({ value: name, label: name }));
  const numbers = parts.numbers.map(({ name }) => ({ value: name, label: name }));
  if (numbers.length === 0) {
    return (
      <EmptyState title={<Trans>Nothing to draw</Trans>}>
        <Trans>This result has no column of numbers.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-13 grid gap-13 sm:grid-cols-2 md:grid-cols-4">
        <Field label={kind === "heatmap" ? t`Down` : t`Along`}>{({ id }) => <Select id={id} value={along} choices={names} onChange={setAlong} />}</Field>
        <Field label={kind === "heatmap" ? t`Across` : t`Split by`}>
          {({ id }) => <Select id={id} value={split} choices={[{ value: "", label: t`None` }, ...names]} onChange={setSplit} />}
        </Field>
        <Field label={t`Measure`}>
          {({ id }) => (
            <Select<Aggregate> id={id} value={aggregate} choices={aggregates.map((value) => ({ value, label: aggregateWord(value) }))} onChange={setAggregate} />
          )}
        </Field>
        <Field label={t`of`}>{({ id }) => <Select id={id} value={measured} choices={numbers} onChange={setMeasured} />}</Field>
      </div>
      {!ready ? (
        <p className="label">
          <Trans>A heat map needs a second column to lie across.</Trans>
        </p>
      ) : isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Drawn grid={data} kind={kind} />
      )}
    </>
  );
}

function Drawn({ grid, kind }: { grid: PivotGrid; kind: "bar" | "line" | "heatmap" }) {
  const options = useCallback(
    (colours: Colours) => (kind === "heatmap" ? heatMap(grid, colours) : barsOrLine(kind, grid, colours)),
    [grid, kind],
  );
  const measure = grid.measures[0];
  const label = t`${chartWord(kind)}: ${measure?.column ?? ""} by ${[...grid.rows, ...grid.columns].join(", ")}`;
  return (
    <Sheet className="p-8">
      <Suspense fallback={<Skeleton className="h-377" />}>
        <ChartCanvas label={label} options={options} />
      </Suspense>
      <p className="label px-8 pb-5">
        <Trans>The same figures stand in the pivot as a table.</Trans>
      </p>
    </Sheet>
  );
}
