import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import { Loading, Skeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { plainText } from "../figures";
import { placesOf } from "./cells";
import { GridHead } from "./grid-head";
import { GridRow, type Lane } from "./grid-row";
import type { RowFilter } from "./result-types";
import { useLanes } from "./use-lanes";
import { useRows, type RowSource } from "./use-rows";
import { rowHeight, useTallRows } from "./use-tall-rows";

interface ResultGridProps {
  source: RowSource;
  /** The names of the columns to be shown, in their order; all without them. */
  shown?: readonly string[];
  sort: string;
  onSort: (sort: string) => void;
  filters: readonly RowFilter[];
  /** Tells the figures of a column; a joined result has none. */
  onColumn?: (column: string) => void;
  onFiltered: (rows: number) => void;
  /** What else is said when there is no row at all. */
  whenEmpty?: ReactNode;
}

const headHeight = 34;

/** The rows of a result, however many: read where one looks, sorted and filtered by the server. */
export function ResultGrid({ source, shown, sort, onSort, filters, onColumn, onFiltered, whenEmpty }: ResultGridProps) {
  const place = useRef<HTMLDivElement>(null);
  const { columns, rowCount } = source;
  const [total, setTotal] = useState(rowCount);
  const [picked, setActive] = useState({ row: 0, column: 0 });
  const { virtual, height, shift, bring } = useTallRows(place, total, headHeight);
  const items = virtual.getVirtualItems();
  const { rowAt, window, error, retry } = useRows(source, { sort, filters }, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  const { lanes: laid, width, headers, resize } = useLanes(columns, shown);
  // Columns may have been hidden since.
  const active = { row: picked.row, column: Math.min(picked.column, laid.length - 1) };
  const rows = window?.rows;
  const lanes = useMemo(() => laid.map((lane) => (lane.numeric ? { ...lane, places: placesOf(rows ?? [], lane.index) } : lane)), [laid, rows]);
  const filtered = window?.filtered;
  // How many rows there are is known with the first of them; what is drawn follows at once.
  if (filtered !== undefined && filtered !== total) setTotal(filtered);
  useEffect(() => onFiltered(total), [total, onFiltered]);
  if (error !== null && window === undefined) return <ErrorState error={error} onRetry={retry} />;
  if (columns.length === 0 || rowCount === 0) {
    return (
      <EmptyState title={<Trans>No row came back</Trans>}>
        <Trans>AMC answered with the columns only: nothing fell into the window, or every row stayed below its threshold.</Trans>
        {whenEmpty}
      </EmptyState>
    );
  }
  const page = Math.max(1, Math.floor((virtual.scrollRect?.height ?? 377) / rowHeight) - 2);
  const go = (row: number, column: number) => {
    const next = { row: Math.min(Math.max(row, 0), total - 1), column: Math.min(Math.max(column, 0), lanes.length - 1) };
    setActive(next);
    bring(next.row);
    show(place.current, lanes[next.column]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = active;
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(row + 1, column),
      ArrowUp: () => go(row - 1, column),
      ArrowRight: () => go(row, column + 1),
      ArrowLeft: () => go(row, column - 1),
      PageDown: () => go(row + page, column),
      PageUp: () => go(row - page, column),
      Home: () => go(event.ctrlKey ? 0 : row, event.ctrlKey ? column : 0),
      End: () => go(event.ctrlKey ? total - 1 : row, event.ctrlKey ? column : lanes.length - 1),
    };
    const copying = event.key === "c" && (event.ctrlKey || event.metaKey);
    const verb = copying ? () => void copy(rowAt(row), lanes[column]) : keys[event.key];
    if (verb === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    verb();
  };
  return (
    <div
      ref={place}
      role="grid"
      tabIndex={0}
      aria-label={t`Rows of the result`}
      aria-rowcount={total + 1}
      aria-colcount={lanes.length}
      aria-activedescendant={`cell-${active.row}-${active.column}`}
      onKeyDown={onKeyDown}
      className="relative max-h-[max(61.8dvh,377px)] min-h-89 overflow-auto rounded-8 border border-line bg-paper text-12 focus-visible:-outline-offset-2"
    >
      <GridHead headers={headers} lanes={lanes} width={width} sort={sort} onSort={onSort} onWidth={resize} {...(onColumn === undefined ? {} : { onColumn })} />
      <div role="rowgroup" className="relative" style={{ height, width, minWidth: "100%" }}>
        {items.map((item) => {
          const cells = rowAt(item.index);
          return (
            <GridRow
              key={item.key}
              index={item.index}
              top={item.start - shift}
              width={width}
              lanes={lanes}
              cells={cells}
              active={active.row === item.index ? active.column : -1}
              onPick={(column) => setActive({ row: item.index, column })}
            />
          );
        })}
      </div>
      {window === undefined && (
        <div className="absolute inset-x-13 top-55">
          <Loading>
            <Skeleton className="h-13 w-1/3" />
          </Loading>
        </div>
      )}
    </div>
  );
}

async function copy(cells: readonly unknown[] | undefined, lane: Lane | undefined): Promise<void> {
  if (cells === undefined || lane === undefined) return;
  await navigator.clipboard.writeText(plainText(cells[lane.index]));
}

/** Brings a column into sight, beside the pinned ones. */
function show(place: HTMLElement | null, lane: Lane | undefined): void {
  if (place === null || lane === undefined || lane.pinned) return;
  const left = lane.left - lane.pinnedWidth;
  if (left < place.scrollLeft) place.scrollLeft = left;
  else if (lane.left + lane.width > place.scrollLeft + place.clientWidth) place.scrollLeft = lane.left + lane.width - place.clientWidth;
}
