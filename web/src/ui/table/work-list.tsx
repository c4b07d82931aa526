import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { RowData } from "@tanstack/react-table";
import { useMemo, useState, type ReactNode } from "react";

import { useCommands } from "@/kernel/commands";
import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";

import { Sheet } from "../page";
import { RowsSkeleton } from "../skeleton";
import { EmptyState, ErrorState } from "../states";
import { download, toCsv, type Column } from "./columns";
import { DataTable } from "./data-table";
import { PeekPanel } from "./peek-panel";
import { SavedViews } from "./saved-views";
import type { View, ViewSearch } from "./use-views";
import { TableBar, type Filter } from "./table-bar";
import { useColumns } from "./use-columns";
import { arrange, type WorkColumn } from "./work-rows";

interface WorkListProps<Row extends RowData> {
  /** Names the list for its saved views, its columns and its export. */
  name: string;
  label: string;
  path: string;
  columns: readonly WorkColumn<Row>[];
  views: readonly View[];
  /** Filters of the server; each has a parameter of the same name. */
  filters: readonly Filter[];
  search: ViewSearch;
  onSearch: (search: ViewSearch) => void;
  rowId: (row: Row) => string;
  rowLabel: (row: Row) => string;
  drawer: (row: Row) => ReactNode;
  bulk?: (rows: Row[], clear: () => void) => ReactNode;
  /** Whose changes it follows by itself. */
  module: string;
  empty: { title: ReactNode; text: ReactNode };
}

/** A queue of work: views, filters, search, a drawer for each record; sorted here once all of it is read. */
export function WorkList<Row extends RowData>(props: WorkListProps<Row>) {
  const { name, path, search, onSearch, rowId, columns, filters } = props;
  const { visible, setVisible, shown } = useColumns(name, columns);
  const asked = Object.fromEntries(filters.map(({ id }) => [id, search[id]]));
  const list = useKeysetList<Row>(path, asked);
  useLive({ module: props.module, refresh: list.rows.length > 50 ? [] : [[path]] });
  const [opened, setOpened] = useState(0);
  const open = (view: ViewSearch) => {
    // Another view has another search: its box begins anew. What is typed never does.
    setOpened((before) => before + 1);
    onSearch(view);
  };
  const whole = !list.hasMore;
  const typed = search["q"] ?? "";
  const sort = whole ? (search["sort"] ?? "") : "";
  const rows = useMemo(() => arrange(list.rows, columns, typed, sort), [list.rows, columns, typed, sort]);
  // Part of a list has no first and no last row: what the server has not told is not sorted here.
  const sortable = useMemo(() => columns.map((column): Column<Row> => ({ ...column, sortable: whole && column.order !== undefined })), [columns, whole]);
  const keep = (change: ViewSearch) => onSearch({ ...search, row: undefined, ...change });
  const save = (chosen: readonly Row[]) => download(`${name}.csv`, toCsv(shown, chosen));
  useCommands(name, [{ id: "export", label: t`Export what is shown`, key: "e", group: props.label, run: () => save(rows) }]);
  const linked = search["row"] === undefined ? undefined : list.rows.find((row) => rowId(row) === search["row"]);
  const { bulk } = props;
  return (
    <Sheet>
      <SavedViews name={name} given={props.views} current={{ ...search, row: undefined }} onOpen={open} />
      <TableBar
        key={opened}
        query={typed}
        onQuery={(q) => keep({ q: q === "" ? undefined : q })}
        placeholder={t`Search what is shown`}
        filters={filters}
        values={asked}
        onFilter={(id, value) => keep({ [id]: value })}
        columns={columns}
        visible={visible}
        onVisible={setVisible}
        onExport={() => save(rows)}
        loaded={list.hasMore ? rows.length : undefined}
      />
      {list.pending ? (
        <RowsSkeleton />
      ) : list.error !== null ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : rows.length === 0 ? (
        <Nothing typed={typed !== "" && list.rows.length > 0} empty={props.empty} />
      ) : (
        <DataTable
          label={props.label}
          columns={sortable}
          visible={visible}
          rows={rows}
          rowId={rowId}
          rowLabel={props.rowLabel}
          sort={sort}
          onSort={(next) => keep({ sort: next === "" ? undefined : next })}
          peek={props.drawer}
          {...(linked === undefined ? {} : { onPeeked: () => keep({}) })}
          {...(bulk === undefined ? {} : { bulk })}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      )}
      {linked !== undefined && (
        <PeekPanel label={props.rowLabel(linked)} onClose={() => keep({})}>
          {props.drawer(linked)}
        </PeekPanel>
      )}
    </Sheet>
  );
}

function Nothing({ typed, empty }: { typed: boolean; empty: { title: ReactNode; text: ReactNode } }) {
  if (typed) {
    return (
      <EmptyState title={<Trans>Nothing matches</Trans>}>
        <Trans>Take a filter away or search for less.</Trans>
      </EmptyState>
    );
  }
  return <EmptyState title={empty.title}>{empty.text}</EmptyState>;
}
