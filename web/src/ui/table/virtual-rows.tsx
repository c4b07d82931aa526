import { t } from "@lingui/core/macro";
import type { RowData } from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import { Skeleton } from "../skeleton";
import type { Column } from "./columns";
import type { DataTableProps } from "./data-table";
import { Slots, withActive } from "./slots";
import { TableRow } from "./table-row";

interface VirtualRowsProps<Row extends RowData> extends Omit<DataTableProps<Row>, "columns"> {
  columns: readonly Column<Row>[];
  tracks: string;
  narrow: boolean;
  selectable: boolean;
  selection: Record<string, true>;
  onSelect: (id: string, on: boolean) => void;
  peeked: string | null;
  onPeek: (id: string | null) => void;
}

const chrome = 89;
const announcing = 34;

export function VirtualRows<Row extends RowData>(props: VirtualRowsProps<Row>) {
  const { rows, rowId, narrow, hasMore, loadingMore, loadMore } = props;
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const height = !narrow ? 34 : props.columns.some((column) => column.wraps === true) ? 89 : 68;
  useLayoutEffect(() => setTop(place.current?.offsetTop ?? 0), [narrow]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 8,
    rangeExtractor: (range) => withActive(range, active),
    scrollMargin: top,
    scrollPaddingStart: chrome,
    scrollPaddingEnd: height,
  });
  const [slots] = useState(() => new Slots());
  const items = virtual.getVirtualItems();
  const slotOf = slots.assign(items.map((item) => item.index));
  // Elements are put into the order of their rows when the scrolling rests: what is moved is laid out anew.
  const placed = virtual.isScrolling
    ? items.toSorted((one, other) => (slotOf.get(one.index) ?? 0) - (slotOf.get(other.index) ?? 0))
    : items;
  const last = virtual.range?.endIndex ?? 0;
  const tall = virtual.getTotalSize() + (loadingMore ? announcing : 0);

  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - 34) loadMore();
  }, [hasMore, loadingMore, last, rows.length, loadMore]);
  useEffect(() => virtual.measure(), [height, virtual]);

  const go = (to: number) => {
    const index = Math.min(Math.max(to, 0), rows.length - 1);
    const row = rows[index];
    if (row === undefined) return;
    setActive(index);
    virtual.scrollToIndex(index);
    if (props.peeked !== null) props.onPeek(rowId(row));
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };

  const open = (row: Row) => {
    if (props.onOpen === undefined) props.onPeek(props.peeked === rowId(row) ? null : rowId(row));
    else props.onOpen(row);
  };

  const verbs = useSteady<Row>({
    open,
    hover: (row) => props.onHover?.(row),
    select: (row, on) => props.onSelect(rowId(row), on),
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    if (row === undefined || event.target !== event.currentTarget.querySelector(`[data-index="${active}"]`)) return;
    const id = rowId(row);
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(active + 1),
      j: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      k: () => go(active - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      " ": () => props.onPeek(props.peeked === id ? null : id),
      Enter: () => open(row),
      x: () => props.onSelect(id, props.selection[id] !== true),
    };
    const verb = keys[event.key];
    if (verb === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    verb();
  };

  return (
    <div role="rowgroup" ref={place} onKeyDown={onKeyDown} className="relative -mb-1" style={{ height: tall }}>
      {placed.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        const id = rowId(row);
        return (
          <TableRow
            key={slotOf.get(item.index)}
            row={row}
            index={item.index}
            offset={item.start - top}
            height={height}
            columns={props.columns}
            tracks={props.tracks}
            narrow={narrow}
            label={props.rowLabel(row)}
            active={item.index === active}
            peeked={props.peeked === id}
            selected={props.selection[id] === true}
            onFocus={setActive}
            onOpen={verbs.open}
            onHover={verbs.hover}
            {...(props.selectable ? { onSelect: verbs.select } : {})}
          />
        );
      })}
      {loadingMore && (
        <div role="status" aria-label={t`Loading more rows`} className="absolute inset-x-13 bottom-0 flex h-34 items-center">
          <Skeleton className="h-13 w-1/3" />
        </div>
      )}
    </div>
  );
}

interface Verbs<Row> {
  open: (row: Row) => void;
  hover: (row: Row) => void;
  select: (row: Row, on: boolean) => void;
}

/** The same functions at every drawing, each doing what the newest one does. */
function useSteady<Row>(verbs: Verbs<Row>): Verbs<Row> {
  const latest = useRef(verbs);
  useEffect(() => {
    latest.current = verbs;
  });
  return useMemo(
    () => ({
      open: (row) => latest.current.open(row),
      hover: (row) => latest.current.hover(row),
      select: (row, on) => latest.current.select(row, on),
    }),
    [],
  );
}
