import { t } from "@lingui/core/macro";
import type { RowData, SortingState } from "@tanstack/react-table";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";

import { Checkbox } from "../checkbox";
import type { Column } from "./columns";

interface HeadRowProps<Row extends RowData> {
  columns: readonly Column<Row>[];
  /** What gave way to the width of the window. */
  left: readonly Column<Row>[];
  tracks: string;
  sorting: SortingState;
  onToggle: (id: string, multi: boolean) => void;
  all?: boolean;
  onAll?: (on: boolean) => void;
}

export function HeadRow<Row extends RowData>(props: HeadRowProps<Row>) {
  const { columns, left, tracks, sorting, onToggle, all, onAll } = props;
  const missing = left.map((column) => column.label).join(", ");
  return (
    <div
      role="row"
      style={{ gridTemplateColumns: tracks }}
      className="sticky top-44 z-10 grid h-34 items-center gap-x-13 border-b border-line bg-paper px-13 font-medium text-muted"
    >
      {onAll !== undefined && (
        <span role="columnheader">
          <Checkbox bare checked={all === true} onChange={onAll} label={t`Select all rows shown`} />
        </span>
      )}
      {columns.map((column) => (
        <Head key={column.id} column={column} sorting={sorting} onToggle={onToggle} />
      ))}
      {left.length > 0 && (
        <span role="columnheader" title={t`In a wider window: ${missing}`} className="text-right">
          <span aria-hidden>+{left.length}</span>
          <span className="sr-only">{t`In a wider window: ${missing}`}</span>
        </span>
      )}
    </div>
  );
}

type HeadProps<Row extends RowData> = Pick<HeadRowProps<Row>, "sorting" | "onToggle"> & { column: Column<Row> };

function Head<Row extends RowData>({ column, sorting, onToggle }: HeadProps<Row>) {
  const place = sorting.findIndex((part) => part.id === column.id);
  const part = sorting[place];
  const order = part === undefined ? "none" : part.desc ? "descending" : "ascending";
  const Arrow = part?.desc === true ? ArrowDown : ArrowUp;
  const side = column.numeric === true && "justify-end text-right";
  if (column.sortable !== true) {
    return (
      <span role="columnheader" className={clsx("flex truncate", side)}>
        {column.label}
      </span>
    );
  }
  return (
    <span role="columnheader" aria-sort={order} className={clsx("flex min-w-0", side)}>
      <button
        type="button"
        title={t`Sort; with Shift, sort by this as well`}
        onClick={(event) => onToggle(column.id, event.shiftKey)}
        className={clsx("flex min-w-0 items-center gap-3 hover:text-ink", part !== undefined && "text-ink")}
      >
        <span className="truncate">{column.label}</span>
        {part !== undefined && <Arrow size={12} aria-hidden />}
        {part !== undefined && sorting.length > 1 && <sup>{place + 1}</sup>}
      </button>
    </span>
  );
}
