import type { RowData } from "@tanstack/react-table";

import { readSort, type Column } from "./columns";

export interface WorkColumn<Row extends RowData> extends Column<Row> {
  /** What a row counts by in this column; a column without it is not sorted. */
  order?: (row: Row) => string | number;
}

function compare(one: string | number, other: string | number): number {
  return typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other), "en");
}

/** The rows in whose columns the typed text stands, in the sequence asked for; the server's own without one. */
export function arrange<Row extends RowData>(
  rows: readonly Row[],
  columns: readonly WorkColumn<Row>[],
  typed: string,
  sort: string,
): readonly Row[] {
  const wanted = typed.trim().toLowerCase();
  const found =
    wanted === "" ? rows : rows.filter((row) => columns.some((column) => column.text(row).toLowerCase().includes(wanted)));
  const keys = readSort(sort).flatMap(({ id, desc }) => {
    const order = columns.find((column) => column.id === id)?.order;
    return order === undefined ? [] : [{ order, sign: desc ? -1 : 1 }];
  });
  if (keys.length === 0) return found;
  return [...found].sort((one, other) => {
    for (const { order, sign } of keys) {
      const apart = compare(order(one), order(other));
      if (apart !== 0) return apart * sign;
    }
    return 0;
  });
}
