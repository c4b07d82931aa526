import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { useCan } from "@/kernel/me";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { count } from "../figures";
import { permissions } from "../permissions";
import { ExportMenu } from "../results/export-menu";
import { FilterBar } from "../results/filter-bar";
import { ResultGrid } from "../results/result-grid";
import type { RowFilter } from "../results/result-types";
import { rowsQuery, type RowSource } from "../results/use-rows";
import type { Collection } from "./types";
import { collectionPath } from "./use-collection";

/** The rows of every client and segment together, with both as columns. */
export function JoinedRows({ collection }: { collection: Collection }) {
  const { id, counts } = collection;
  const edition = `${counts.settled}-${counts.provisional}`;
  const place = { path: collectionPath, id, edition } as const;
  const { data, error, isPending, refetch } = useQuery(rowsQuery(place, { sort: "", filters: [] }, 0));
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Joined name={collection.name} source={{ ...place, columns: data.columns, rowCount: data.total }} />;
}

function Joined({ source, name }: { source: RowSource; name: string }) {
  const can = useCan();
  const [sort, setSort] = useState("");
  const [filters, setFilters] = useState<readonly RowFilter[]>([]);
  const [shown, setShown] = useState(source.rowCount);
  const told = useCallback((rows: number) => setShown(rows), []);
  return (
    <>
      <div className="mb-8 flex flex-wrap items-center gap-8">
        <span className="label" role="status">
          {filters.length > 0 ? <Trans>{count(shown)} of {count(source.rowCount)} rows</Trans> : <Plural value={source.rowCount} one="# row" other="# rows" />}
        </span>
        <FilterBar columns={source.columns} filters={filters} onChange={setFilters} />
        <span className="ml-auto">{can(...permissions.run) && source.rowCount > 0 && <ExportMenu source={source} name={name} sort={sort} filters={filters} />}</span>
      </div>
      <ResultGrid key={JSON.stringify(filters)} source={source} sort={sort} onSort={setSort} filters={filters} onFiltered={told} />
    </>
  );
}
