import {
  columnVisibilityFeature,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
  type RowData,
  type SortingState,
} from "@tanstack/react-table";
import type { ReactNode } from "react";

export const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });

export interface Column<Row extends RowData> {
  id: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** The same as plain text, for the export. */
  text: (row: Row) => string;
  /** A grid track: "minmax(144px, 2fr)" or "120px". */
  width: string;
  numeric?: boolean;
  sortable?: boolean;
  /** Off until chosen in the column chooser. */
  hidden?: boolean;
  /** Where it stands in the two lines of a phone's row. */
  onPhone?: "title" | "state" | "detail";
  /** On a phone its title gets a second line: the ends are what tells such titles apart. */
  wraps?: boolean;
}

export function toDefs<Row extends RowData>(columns: readonly Column<Row>[]): ColumnDef<typeof features, Row>[] {
  return columns.map((column) => ({
    id: column.id,
    header: column.label,
    accessorFn: (row: Row) => column.text(row),
    enableSorting: column.sortable === true,
    sortDescFirst: false,
  }));
}

/** "-deadline_at,title" as sorting state; the leading minus means descending. */
export function readSort(sort: string): SortingState {
  return sort
    .split(",")
    .filter((part) => part !== "")
    .map((part) => ({ id: part.replace(/^-/, ""), desc: part.startsWith("-") }));
}

export function writeSort(state: SortingState): string {
  return state.map(({ id, desc }) => (desc ? `-${id}` : id)).join(",");
}

function quote(text: string): string {
  // A cell that starts like a formula is kept as text by a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows and columns given, in their order, as RFC 4180 text. */
export function toCsv<Row extends RowData>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((column) => quote(column.label)),
    ...rows.map((row) => columns.map((column) => quote(column.text(row)))),
  ];
  return lines.map((line) => line.join(",")).join("\r\n");
}

export function download(name: string, text: string): void {
  downloadFile(name, new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
}

export function downloadFile(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
