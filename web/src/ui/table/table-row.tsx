import { t } from "@lingui/core/macro";
import type { RowData } from "@tanstack/react-table";
import { clsx } from "clsx";
import { memo } from "react";

import type { Column } from "./columns";

interface TableRowProps<Row extends RowData> {
  row: Row;
  index: number;
  offset: number;
  height: number;
  columns: readonly Column<Row>[];
  tracks: string;
  narrow: boolean;
  label: string;
  active: boolean;
  peeked: boolean;
  selected: boolean;
  onFocus: (index: number) => void;
  onOpen: (row: Row) => void;
  onHover: (row: Row) => void;
  onSelect?: (row: Row, on: boolean) => void;
}

function PlainRow<Row extends RowData>(props: TableRowProps<Row>) {
  const { row, columns, narrow, onSelect, label } = props;
  return (
    <div
      role="row"
      tabIndex={props.active ? 0 : -1}
      data-index={props.index}
      aria-rowindex={props.index + 1}
      aria-selected={props.selected}
      onFocus={() => props.onFocus(props.index)}
      onPointerEnter={() => props.onHover(row)}
      onClick={() => props.onOpen(row)}
      style={{
        transform: `translateY(${props.offset}px)`,
        height: props.height,
        gridTemplateColumns: narrow ? undefined : props.tracks,
      }}
      className={clsx(
        "group absolute inset-x-0 top-0 cursor-pointer contain-strict border-b border-line px-13 hover:bg-ground focus-visible:-outline-offset-2",
        narrow ? "flex flex-col justify-center gap-3" : "grid items-center gap-x-13",
        (props.peeked || props.selected) && "bg-soft hover:bg-soft",
      )}
    >
      {narrow ? (
        <PhoneCells row={row} columns={columns} />
      ) : (
        <>
          {onSelect !== undefined && (
            <span
              role="gridcell"
              className={clsx("group-hover:opacity-100 focus-within:opacity-100", !props.selected && "opacity-55")}
              onClick={(event) => event.stopPropagation()}>
              <input
                type="checkbox"
                checked={props.selected}
                onChange={(event) => onSelect(row, event.target.checked)}
                aria-label={t`Select ${label}`}
                className="mt-3 size-[18px] shrink-0 cursor-pointer accent-primary"
              />
            </span>
          )}
          {columns.map((column) => (
            <span
              key={column.id}
              role="gridcell"
              className={clsx("flex min-w-0 items-center", column.numeric === true && "justify-end")}
            >
              <span className="min-w-0 truncate">{column.cell(row)}</span>
            </span>
          ))}
        </>
      )}
    </div>
  );
}

/** While one scrolls only the rows that come are drawn; those that stay are left alone. */
export const TableRow = memo(PlainRow) as typeof PlainRow;

function PhoneCells<Row extends RowData>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  const at = (place: Column<Row>["onPhone"]) => columns.filter((column) => column.onPhone === place);
  const told = at("detail").filter((column) => column.text(row) !== "");
  return (
    <>
      <span className="flex items-center justify-between gap-13">
        {at("title").map((column) => (
          <span key={column.id} role="gridcell" className={clsx("min-w-0 text-16", column.wraps === true ? "line-clamp-2 leading-21" : "truncate")}>
            {column.cell(row)}
          </span>
        ))}
        {at("state").map((column) => (
          <span key={column.id} role="gridcell" className="shrink-0">
            {column.cell(row)}
          </span>
        ))}
      </span>
      <span className="flex min-w-0 gap-13 truncate text-muted">
        {told.map((column) => (
          // Half an amount is a wrong one: words give way to it.
          <span key={column.id} role="gridcell" className={column.numeric === true ? "shrink-0" : "truncate"}>
            {column.cell(row)}
          </span>
        ))}
      </span>
    </>
  );
}
