import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { RowData } from "@tanstack/react-table";
import { useMemo, type ReactNode } from "react";

import { useKeysetList, writeCount } from "@/kernel/list";
import { isRecord, useStored } from "@/kernel/stored";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv, type Column } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";
import { SavedViews } from "@/ui/table/saved-views";
import type { View, ViewSearch } from "@/ui/table/use-views";
import { TableBar, type Filter } from "@/ui/table/table-bar";

interface ConsoleTableProps<Row extends RowData> {
  /** Names the stored columns and views and the exported file. */
  name: string;
  label: string;
  path: string;
  columns: readonly Column<Row>[];
  views: readonly View[];
  filters: readonly Filter[];
  search: ViewSearch;
  onSearch: (next: ViewSearch) => void;
  placeholder: string;
  rowId: (row: Row) => string;
  rowLabel: (row: Row) => string;
  onOpen: (row: Row) => void;
  peek: (row: Row) => ReactNode;
  /** What the list is before its first row. */
  nothing: ReactNode;
}

function readVisible(stored: unknown): Record<string, boolean> | undefined {
  if (!isRecord(stored)) return undefined;
  return Object.fromEntries(Object.entries(stored).map(([id, on]) => [id, on === true]));
}

/** A list of the console: views, search, filters, columns, export, four states, keys. */
export function ConsoleTable<Row extends RowData>(props: ConsoleTableProps<Row>) {
  const { name, label, columns, search, onSearch } = props;
  // The client account narrows the whole console: it is no filter of this list, nor part of a view.
  const { account_id: account, ...own } = search;
  const hidden = useMemo(
    () => Object.fromEntries(columns.filter((column) => column.hidden === true).map((column) => [column.id, false])),
    [columns],
  );
  const [visible, setVisible] = useStored(`metatron.columns.${name}`, readVisible, hidden);
  const list = useKeysetList<Row>(props.path, search, true);
  const shown = columns.filter((column) => visible[column.id] !== false);
  const filtered = Object.values(own).some((value) => value !== undefined);
  return (
    <Sheet>
      <SavedViews name={name} given={props.views} current={own} onOpen={(view) => onSearch({ ...view, account_id: account })} />
      <TableBar
        query={search["q"] ?? ""}
        onQuery={(q) => onSearch({ ...search, q: q === "" ? undefined : q })}
        placeholder={props.placeholder}
        filters={props.filters}
        values={search}
        onFilter={(id, value) => onSearch({ ...search, [id]: value })}
        columns={columns}
        visible={visible}
        onVisible={(id, on) => setVisible({ ...visible, [id]: on })}
        onExport={() => download(`${name}.csv`, toCsv(shown, list.rows))}
        count={list.count === null ? undefined : <span className="label mr-8">{t`${writeCount(list.count)} in all`}</span>}
      />
      {list.pending ? (
        <RowsSkeleton />
      ) : list.error !== null ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows.length === 0 && filtered ? (
        <EmptyState title={<Trans>Nothing matches</Trans>}>
          <Trans>Take a filter away or search for less.</Trans>
        </EmptyState>
      ) : list.rows.length === 0 ? (
        props.nothing
      ) : (
        <DataTable
          label={label}
          columns={columns}
          visible={visible}
          rows={list.rows}
          rowId={props.rowId}
          rowLabel={props.rowLabel}
          sort=""
          onSort={() => undefined}
          onOpen={props.onOpen}
          peek={props.peek}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      )}
    </Sheet>
  );
}
