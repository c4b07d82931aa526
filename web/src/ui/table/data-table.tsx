import { t } from "@lingui/core/macro";
import { useTable, type RowData } from "@tanstack/react-table";
import { useCallback, useMemo, useState, type ReactNode } from "react";

import { useNarrow } from "../use-narrow";
import { features, readSort, toDefs, writeSort, type Column } from "./columns";
import { fit, smallTrack, useRoom } from "./fit";
import { HeadRow } from "./head-row";
import { PeekPanel } from "./peek-panel";
import { VirtualRows } from "./virtual-rows";

export interface DataTableProps<Row extends RowData> {
  label: string;
  columns: readonly Column<Row>[];
  visible: Record<string, boolean>;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  rowLabel: (row: Row) => string;
  sort: string;
  onSort: (sort: string) => void;
  /** Enter or a click; without it they peek. */
  onOpen?: (row: Row) => void;
  onHover?: (row: Row) => void;
  peek?: (row: Row) => ReactNode;
  /** A row is looked at: another panel makes room. */
  onPeeked?: () => void;
  bulk?: (rows: Row[], clear: () => void) => ReactNode;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
}

type Selection = Record<string, true>;
const none: never[] = [];

/** The list that is the application: sorted by the server, drawn only where one looks, run by keys. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { columns, rows, rowId, visible, sort, onSort, bulk } = props;
  const { place, room, tight } = useRoom();
  const narrow = useNarrow() || tight;
  const [selection, setSelection] = useState<Selection>({});
  const [peeked, setPeeked] = useState<string | null>(null);
  const { onPeeked } = props;
  const peekAt: typeof setPeeked = useCallback(
    (id) => {
      setPeeked(id);
      onPeeked?.();
    },
    [onPeeked],
  );
  const defs = useMemo(() => toDefs(columns), [columns]);
  const table = useTable({
    features,
    columns: defs,
    // The table keeps columns and sorting only: a row object for each of 100,000 rows would be made anew
    // with every page that arrives.
    data: none,
    manualSorting: true,
    maxMultiSortColCount: 3,
    state: { sorting: readSort(sort), columnVisibility: visible },
    onSortingChange: (change) => onSort(writeSort(typeof change === "function" ? change(readSort(sort)) : change)),
  });
  const shown = useMemo(() => columns.filter((column) => visible[column.id] !== false), [columns, visible]);
  const chosen = useMemo(
    () => (Object.keys(selection).length === 0 ? [] : rows.filter((row) => selection[rowId(row)] === true)),
    [selection, rows, rowId],
  );
  const select = useCallback(
    (id: string, on: boolean) =>
      setSelection((before) => {
        if (on) return { ...before, [id]: true };
        return Object.fromEntries(Object.entries(before).filter(([other]) => other !== id));
      }),
    [],
  );
  const selectAll = (on: boolean) =>
    setSelection(on ? Object.fromEntries(rows.map((row) => [rowId(row), true as const])) : {});
  const selectable = bulk !== undefined;
  const { kept, left } = useMemo(
    () => (narrow ? { kept: shown, left: none } : fit(shown, room, selectable)),
    [narrow, shown, room, selectable],
  );
  const small = `${smallTrack}px`;
  const tracks = [
    ...(selectable ? [small] : []),
    ...kept.map((column) => column.width),
    ...(left.length === 0 ? [] : [small]),
  ].join(" ");
  const peekedRow = peeked === null ? undefined : rows.find((row) => rowId(row) === peeked);

  return (
    <>
      <div ref={place} role="grid" aria-label={props.label} aria-rowcount={props.hasMore ? -1 : rows.length} className="overflow-clip rounded-8 text-12">
        {!narrow && (
          <HeadRow
            columns={kept}
            left={left}
            tracks={tracks}
            sorting={readSort(sort)}
            onToggle={(id, multi) => table.getColumn(id)?.toggleSorting(undefined, multi)}
            {...(bulk === undefined
              ? {}
              : { all: rows.length > 0 && chosen.length === rows.length, onAll: selectAll })}
          />
        )}
        <VirtualRows
          {...props}
          columns={kept}
          tracks={tracks}
          narrow={narrow}
          selectable={selectable}
          selection={selection}
          onSelect={select}
          peeked={peeked}
          onPeek={props.peek === undefined ? () => undefined : peekAt}
        />
      </div>
      {bulk !== undefined && chosen.length > 0 && (
        <div
          role="toolbar"
          aria-label={t`Selected rows`}
          className="rise-in sticky bottom-13 z-10 mx-auto mt-13 flex w-fit items-center gap-8 rounded-8 border border-line bg-paper p-8 pl-13 text-12 shadow-float"
        >
          {bulk(chosen, () => setSelection({}))}
        </div>
      )}
      {props.peek !== undefined && peekedRow !== undefined && (
        <PeekPanel label={props.rowLabel(peekedRow)} onClose={() => setPeeked(null)}>
          {props.peek(peekedRow)}
        </PeekPanel>
      )}
    </>
  );
}
