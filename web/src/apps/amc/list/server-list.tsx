import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { RowData } from "@tanstack/react-table";
import { useCallback, useState, type ReactNode } from "react";

import { useCommands } from "@/kernel/commands";
import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv, type Column } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";
import { SavedViews } from "@/ui/table/saved-views";
import type { View, ViewSearch } from "@/ui/table/use-views";
import { TableBar, type Filter } from "@/ui/table/table-bar";
import { useColumns } from "@/ui/table/use-columns";

interface ServerListProps<Row extends RowData> {
  name: string;
  label: string;
  path: string;
  columns: readonly Column<Row>[];
  views: readonly View[];
  filters: readonly Filter[];
  search: ViewSearch;
  onSearch: (search: ViewSearch) => void;
  /** Always asked for, whatever the address says. */
  fixed?: Record<string, string>;
  placeholder: string;
  /** The order the server takes by itself: "-created_at". */
  sorted: string;
  rowId: (row: Row) => string;
  rowLabel: (row: Row) => string;
  /** Without it a click peeks. */
  onOpen?: (row: Row) => void;
  peek?: (row: Row) => ReactNode;
  bulk?: (rows: Row[], clear: () => void) => ReactNode;
  /** Shown when there is nothing at all, without any filter. */
  empty: ReactNode;
}

const turned = (sort: string) => (sort.startsWith("-") ? sort.slice(1) : `-${sort}`);

/** A list that the server searches and filters: views, chips in the address, columns, export, live. */
export function ServerList<Row extends RowData>(props: ServerListProps<Row>) {
  const { name, path, columns, search, onSearch, filters, fixed, bulk, peek } = props;
  const { visible, setVisible, shown } = useColumns(`amc.${name}`, columns);
  const list = useKeysetList<Row>(path, { ...search, ...fixed });
  // Reading a long list anew means reading all its pages: only what was read at once follows by itself.
  useLive({ module: "amc", refresh: list.rows.length > 50 ? [] : [[path, "list"]] });
  const [opened, setOpened] = useState(0);
  const sort = search["sort"] ?? props.sorted;
  const turn = (next: string) => {
    // The order one begins with cannot be taken away: where it would be, it turns round.
    const wanted = next !== "" ? next : sort === props.sorted ? turned(sort) : props.sorted;
    onSearch({ ...search, sort: wanted === props.sorted ? undefined : wanted });
  };
  const save = () => download(`${name}.csv`, toCsv(shown, list.rows));
  useCommands(`amc.${name}`, [{ id: "export", label: t`Export what is shown`, key: "e", group: props.label, run: save }]);
  const setQuery = useCallback((q: string) => onSearch({ ...search, q: q === "" ? undefined : q }), [onSearch, search]);
  const filtered = Object.entries(search).some(([id, value]) => id !== "sort" && value !== undefined);
  const values = Object.fromEntries(filters.map(({ id }) => [id, search[id]]));
  return (
    <Sheet>
      <SavedViews
        name={`amc.${name}`}
        given={props.views}
        current={search}
        onOpen={(next) => {
          setOpened((before) => before + 1);
          onSearch(next);
        }}
      />
      <TableBar
        key={opened}
        query={search["q"] ?? ""}
        onQuery={setQuery}
        placeholder={props.placeholder}
        filters={filters}
        values={values}
        onFilter={(id, value) => onSearch({ ...search, [id]: value })}
        columns={columns}
        visible={visible}
        onVisible={setVisible}
        onExport={save}
      />
      {list.pending ? (
        <RowsSkeleton />
      ) : list.error !== null ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows.length > 0 ? (
        <DataTable
          label={props.label}
          columns={columns}
          visible={visible}
          rows={list.rows}
          rowId={props.rowId}
          rowLabel={props.rowLabel}
          sort={sort}
          onSort={turn}
          {...(props.onOpen === undefined ? {} : { onOpen: props.onOpen })}
          {...(peek === undefined ? {} : { peek })}
          {...(bulk === undefined ? {} : { bulk })}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      ) : filtered ? (
        <EmptyState title={<Trans>Nothing matches</Trans>}>
          <Trans>Take a filter away or search for less.</Trans>
        </EmptyState>
      ) : (
        props.empty
      )}
    </Sheet>
  );
}
