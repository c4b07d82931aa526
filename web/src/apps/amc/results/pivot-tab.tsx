import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { Run } from "../types";
import { cellText, isNumeric } from "./cells";
import { partsOf } from "./guess";
import { aggregates, type Aggregate, type PivotGrid } from "./result-types";
import { usePivot } from "./use-pivot";

export function aggregateWord(aggregate: Aggregate): string {
  const words: Record<Aggregate, string> = {
    sum: t`Sum`,
    avg: t`Mean`,
    min: t`Least`,
    max: t`Greatest`,
    count: t`Number of values`,
    distinct: t`Different values`,
  };
  return words[aggregate];
}

export function PivotTab({ run }: { run: Run }) {
  const parts = partsOf(run);
  const columns = run.columns ?? [];
  const [row, setRow] = useState(parts.words[0]?.name ?? columns[0]?.name ?? "");
  const [across, setAcross] = useState("");
  const [measured, setMeasured] = useState(parts.numbers[0]?.name ?? columns[0]?.name ?? "");
  const [aggregate, setAggregate] = useState<Aggregate>(parts.numbers.length > 0 ? "sum" : "count");
  const numeric = isNumeric(columns.find(({ name }) => name === measured)?.type ?? "");
  const how = !numeric && (aggregate === "sum" || aggregate === "avg") ? "count" : aggregate;
  const shape = {
    rows: row === "" ? [] : [row],
    columns: across === "" || across === row ? [] : [across],
    measures: [{ column: measured, aggregate: how }],
  };
  const { data, error, isPending, refetch } = usePivot(run.id, shape);
  const names = columns.map(({ name }) => ({ value: name, label: name }));
  return (
    <>
      <div className="mb-13 grid gap-13 sm:grid-cols-2 md:grid-cols-4">
        <Field label={t`Rows`}>{({ id }) => <Select id={id} value={row} choices={names} onChange={setRow} />}</Field>
        <Field label={t`Columns`}>
          {({ id }) => <Select id={id} value={across} choices={[{ value: "", label: t`None` }, ...names]} onChange={setAcross} />}
        </Field>
        <Field label={t`Measure`}>
          {({ id }) => (
            <Select<Aggregate>
              id={id}
              value={how}
              choices={aggregates.filter((each) => numeric || (each !== "sum" && each !== "avg")).map((each) => ({ value: each, label: aggregateWord(each) }))}
              onChange={setAggregate}
            />
          )}
        </Field>
        <Field label={t`of`}>{({ id }) => <Select id={id} value={measured} choices={names} onChange={setMeasured} />}</Field>
      </div>
      {isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.row_keys.length === 0 ? (
        <EmptyState title={<Trans>No row came back</Trans>} />
      ) : (
        <Grid grid={data} />
      )}
    </>
  );
}

function Grid({ grid }: { grid: PivotGrid }) {
  const across = grid.columns.length > 0;
  return (
    <>
      <div tabIndex={0} role="group" aria-label={t`Pivot`} className="max-h-[61.8dvh] overflow-auto rounded-8 border border-line bg-paper">
        <table className="w-max min-w-full border-separate border-spacing-0 text-12">
          <thead>
            <tr>
              <th scope="col" className="sticky top-0 left-0 z-2 border-b border-line bg-paper px-13 py-8 text-left font-medium text-muted">
                {grid.rows.join(", ")}
              </th>
              {grid.column_keys.map((key, index) => (
                <th key={index} scope="col" className="sticky top-0 z-1 border-b border-line bg-paper px-13 py-8 text-right font-medium text-muted">
                  {across ? key.map(cellText).join(" · ") : (grid.measures[0]?.column ?? "")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.row_keys.map((key, at) => (
              <tr key={at} className="hover:bg-ground">
                <th scope="row" className="sticky left-0 max-w-377 truncate border-b border-line bg-paper px-13 py-5 text-left font-normal">
                  {key.map(cellText).join(" · ")}
                </th>
                {grid.column_keys.map((_, index) => (
                  <td key={index} className="border-b border-line px-13 py-5 text-right">
                    {cellText(grid.cells[at]?.[index]?.[0] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="label mt-5">
        <Plural value={grid.row_keys.length} one="# row" other="# rows" />
        {grid.is_cut && (
          <>
            {" "}
            · <Trans>There is more: only the first 1,000 rows and 200 columns are shown.</Trans>
          </>
        )}
      </p>
    </>
  );
}
