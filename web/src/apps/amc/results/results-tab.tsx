import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Columns3 } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { SavedViews } from "@/ui/table/saved-views";
import { useViews } from "@/ui/table/use-views";

import { count } from "../figures";
import { permissions } from "../permissions";
import type { Run } from "../types";
import { readColumns, writeColumns } from "./chosen-columns";
import { ColumnPanel } from "./column-panel";
import { ExportMenu } from "./export-menu";
import { FilterBar } from "./filter-bar";
import { ResultGrid } from "./result-grid";
import type { RowFilter } from "./result-types";
import { WhichDays } from "./which-days";

const ColumnChooser = lazy(() => import("./column-chooser").then((file) => ({ default: file.ColumnChooser })));

interface ResultsTabProps {
  run: Run;
  /** Which columns are shown, as the address has it. */
  columns: string | undefined;
  onColumns: (columns: string | undefined) => void;
}

export function ResultsTab({ run, columns: chosen, onColumns }: ResultsTabProps) {
  const can = useCan();
  const [sort, setSort] = useState("");
  const [filters, setFilters] = useState<readonly RowFilter[]>([]);
  const [column, setColumn] = useState<string | null>(null);
  const [shown, setShown] = useState(run.row_count ?? 0);
  const told = useCallback((rows: number) => setShown(rows), []);
  const [choosing, setChoosing] = useState(false);
  const total = run.row_count ?? 0;
  const names = useMemo(() => readColumns(chosen, run.columns ?? []), [chosen, run.columns]);
  const source = { path: "/amc/runs", id: run.id, columns: run.columns ?? [], rowCount: total, edition: "" } as const;
  return (
    <>
      {run.workflow !== null && <ColumnViews workflowId={run.workflow.id} chosen={chosen} onColumns={onColumns} />}
      <div className="mb-8 flex flex-wrap items-center gap-8">
        <span className="label" role="status">
          {filters.length > 0 ? t`${count(shown)} of ${count(total)} rows` : <Plural value={total} one="# row" other="# rows" />}
        </span>
        <FilterBar columns={run.columns ?? []} filters={filters} onChange={setFilters} />
        {(run.columns ?? []).length > 0 && (
          <Button icon={<Columns3 size={13} aria-hidden />} onClick={() => setChoosing(true)}>
            {names.length === run.columns?.length ? <Trans>Columns</Trans> : <Trans>{names.length} of {run.columns?.length} columns</Trans>}
          </Button>
        )}
        <span className="ml-auto">{can(...permissions.run) && <ExportMenu source={source} name={run.name} sort={sort} filters={filters} columns={chosen === undefined ? undefined : names} />}</span>
      </div>
      <ResultGrid
        key={JSON.stringify(filters)}
        source={source}
        shown={names}
        sort={sort}
        onSort={setSort}
        filters={filters}
        onColumn={setColumn}
        onFiltered={told}
        whenEmpty={<WhichDays run={run} />}
      />
      <p className="label mt-5 max-sm:hidden">
        <Trans>Arrows move, Ctrl C copies a cell, the arrow of a column pins it or tells its figures; at its edge arrows change its width.</Trans>
      </p>
      {choosing && (
        <Suspense>
          <ColumnChooser columns={run.columns ?? []} shown={names} onShown={(next) => onColumns(writeColumns(next, run.columns ?? []))} onClose={() => setChoosing(false)} />
        </Suspense>
      )}
      {column !== null && <ColumnPanel runId={run.id} column={column} onClose={() => setColumn(null)} />}
    </>
  );
}

/** Choices of columns kept for a workflow: not there before the first. */
function ColumnViews({ workflowId, chosen, onColumns }: { workflowId: string; chosen: string | undefined; onColumns: ResultsTabProps["onColumns"] }) {
  const name = `amc.rows.${workflowId}`;
  const { own } = useViews(name);
  if (chosen === undefined && own.length === 0) return null;
  return (
    <div className="mb-8">
      <SavedViews name={name} given={[{ name: t`All columns`, search: {} }]} current={{ columns: chosen }} onOpen={({ columns }) => onColumns(columns)} />
    </div>
  );
}
