import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useCallback, useState } from "react";

import { useCan } from "@/kernel/me";

import { count } from "../figures";
import { permissions } from "../permissions";
import type { Run } from "../types";
import { ColumnPanel } from "./column-panel";
import { ExportMenu } from "./export-menu";
import { FilterBar } from "./filter-bar";
import { ResultGrid } from "./result-grid";
import type { RowFilter } from "./result-types";
import { WhichDays } from "./which-days";

export function ResultsTab({ run }: { run: Run }) {
  const can = useCan();
  const [sort, setSort] = useState("");
  const [filters, setFilters] = useState<readonly RowFilter[]>([]);
  const [column, setColumn] = useState<string | null>(null);
  const [shown, setShown] = useState(run.row_count ?? 0);
  const told = useCallback((rows: number) => setShown(rows), []);
  const total = run.row_count ?? 0;
  const source = { path: "/amc/runs", id: run.id, columns: run.columns ?? [], rowCount: total, edition: "" } as const;
  return (
    <>
      <div className="mb-8 flex flex-wrap items-center gap-8">
        <span className="label" role="status">
          {filters.length > 0 ? t`${count(shown)} of ${count(total)} rows` : <Plural value={total} one="# row" other="# rows" />}
        </span>
        <FilterBar columns={run.columns ?? []} filters={filters} onChange={setFilters} />
        <span className="ml-auto">{can(...permissions.run) && <ExportMenu source={source} name={run.name} sort={sort} filters={filters} />}</span>
      </div>
      <ResultGrid
        key={JSON.stringify(filters)}
        source={source}
        sort={sort}
        onSort={setSort}
        filters={filters}
        onColumn={setColumn}
        onFiltered={told}
        whenEmpty={<WhichDays run={run} />}
      />
      <p className="label mt-5 max-sm:hidden">
        <Trans>Arrows move, Ctrl C copies a cell, the arrow of a column pins it or tells its figures.</Trans>
      </p>
      {column !== null && <ColumnPanel runId={run.id} column={column} onClose={() => setColumn(null)} />}
    </>
  );
}
