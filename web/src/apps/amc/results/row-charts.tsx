import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";

import { get } from "@/kernel/client";
import { Checkbox } from "@/ui/checkbox";
import { Field } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { RowsSkeleton, Skeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { Cell, RowWindow, Run } from "../types";
import { sankey, type Colours } from "./chart-options";
import { partsOf, pathColumn, weightColumn, yesNoColumns } from "./guess";
import { regionsOf } from "./overlap";
import { flowOf } from "./paths";
import { Venn } from "./venn";

const ChartCanvas = lazy(() => import("./chart-canvas"));
const most = 1000;

/** The rows with the most of a column, as many as the server gives at once. */
function useHeaviest(run: Run, column: string) {
  return useQuery({
    queryKey: ["/amc/runs", run.id, "heaviest", column],
    queryFn: ({ signal }) =>
      get<RowWindow>(`/amc/runs/${run.id}/rows`, { signal, query: { offset: 0, limit: most, sort: column === "" ? undefined : `-${column}` } }),
    staleTime: Infinity,
  });
}

const at = (run: Run, name: string) => (run.columns ?? []).findIndex((column) => column.name === name);

export function PathChart({ run }: { run: Run }) {
  const parts = partsOf(run);
  const [path, setPath] = useState(pathColumn(parts) ?? parts.words[0]?.name ?? "");
  const [weight, setWeight] = useState(() => weightColumn(parts));
  const { data, error, isPending, refetch } = useHeaviest(run, weight);
  const flow = useMemo(() => {
    const [pathAt, weightAt] = [at(run, path), at(run, weight)];
    return flowOf((data?.rows ?? []).map((row): [Cell, Cell] => [row[pathAt] ?? null, row[weightAt] ?? null]));
  }, [data, run, path, weight]);
  const options = useCallback((colours: Colours) => sankey(flow, colours), [flow]);
  return (
    <>
      <div className="mb-13 grid gap-13 sm:grid-cols-2 md:grid-cols-4">
        <Field label={t`Path`}>
          {({ id }) => <Select id={id} value={path} choices={parts.words.map(({ name }) => ({ value: name, label: name }))} onChange={setPath} />}
        </Field>
        <Field label={t`Weight`}>
          {({ id }) => <Select id={id} value={weight} choices={parts.numbers.map(({ name }) => ({ value: name, label: name }))} onChange={setWeight} />}
        </Field>
      </div>
      {isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : flow.links.length === 0 ? (
        <p className="label">
          <Trans>No path of two steps or more stands in this column.</Trans>
        </p>
      ) : (
        <Sheet className="p-8">
          <Suspense fallback={<Skeleton className="h-377" />}>
            <ChartCanvas label={t`Paths of ${path}, weighed by ${weight}`} options={options} />
          </Suspense>
          <p className="label px-8 pb-5">
            <Plural value={Math.min(run.row_count ?? 0, most)} one="The heaviest row, six steps at most." other="The # heaviest rows, six steps at most." />
          </p>
        </Sheet>
      )}
    </>
  );
}

export function OverlapChart({ run }: { run: Run }) {
  const parts = partsOf(run);
  const columns = useMemo(() => run.columns ?? [], [run.columns]);
  const [weight, setWeight] = useState(() => weightColumn(parts));
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const { data, error, isPending, refetch } = useHeaviest(run, weight);
  const offered = useMemo(() => yesNoColumns(columns, data?.rows ?? []).filter((name) => name !== weight), [columns, data, weight]);
  const sets = useMemo(() => (chosen ?? offered.slice(0, 3)).filter((name) => offered.includes(name)), [chosen, offered]);
  const choose = (name: string, on: boolean) => setChosen(on ? [...sets, name].slice(-3) : sets.filter((other) => other !== name));
  const regions = useMemo(() => {
    const places = sets.map((name) => at(run, name));
    const rows = (data?.rows ?? []).map((row) => [...places.map((place) => row[place] ?? null), row[at(run, weight)] ?? null]);
    return regionsOf(rows, sets.length, sets.length);
  }, [data, run, sets, weight]);
  return (
    <>
      <div className="mb-13 flex flex-wrap items-start gap-21">
        <Field label={t`Counted by`} className="sm:w-1/4">
          {({ id }) => <Select id={id} value={weight} choices={parts.numbers.map(({ name }) => ({ value: name, label: name }))} onChange={setWeight} />}
        </Field>
        <fieldset>
          <legend className="mb-5 text-12 font-medium">
            <Trans>Two or three columns that say whether somebody belongs</Trans>
          </legend>
          <div className="flex flex-wrap gap-x-21 gap-y-5">
            {offered.map((name) => (
              <Checkbox key={name} checked={sets.includes(name)} onChange={(on) => choose(name, on)} label={name} />
            ))}
          </div>
        </fieldset>
      </div>
      {isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : offered.length < 2 ? (
        <p className="label">
          <Trans>An overlap needs two or three columns that hold only yes or no, 1 or 0: one for each group of people.</Trans>
        </p>
      ) : sets.length < 2 ? (
        <p className="label">
          <Trans>Choose two columns at least.</Trans>
        </p>
      ) : (
        <Sheet className="p-13">
          <Venn names={sets} regions={regions} />
        </Sheet>
      )}
    </>
  );
}
