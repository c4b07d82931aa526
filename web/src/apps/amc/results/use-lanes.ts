import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Header,
} from "@tanstack/react-table";
import { useMemo } from "react";

import type { Cell, ResultColumn } from "../types";
import { isNumeric } from "./cells";
import type { Lane } from "./grid-row";

const features = tableFeatures({ columnPinningFeature, columnResizingFeature, columnSizingFeature, columnVisibilityFeature });
const none: Cell[][] = [];

export const leastWidth = 55;
export const mostWidth = 1000;

export type ResultHeader = Header<typeof features, Cell[]>;

/** A first width from the name and the type of a column; whoever wants another one moves its edge. */
function widthOf({ name, type }: ResultColumn): number {
  const room = name.length * 8 + 55;
  return Math.min(Math.max(room, isNumeric(type) ? 110 : 144), 377);
}

/** The columns of a result that are shown, in that order, as lanes: sized by hand, the pinned ones first. */
export function useLanes(columns: readonly ResultColumn[], shown?: readonly string[]) {
  const chosen = useMemo(() => shown?.flatMap((name) => columns.filter((column) => column.name === name)) ?? columns, [columns, shown]);
  const defs = useMemo(
    () =>
      chosen.map(
        (column): ColumnDef<typeof features, Cell[]> => ({
          id: column.name,
          header: column.name,
          accessorFn: (row: Cell[]) => row[columns.indexOf(column)],
          size: widthOf(column),
          minSize: leastWidth,
          maxSize: mostWidth,
        }),
      ),
    [chosen, columns],
  );
  const table = useTable({ features, columns: defs, data: none, columnResizeMode: "onChange" });
  const headers = [...table.getStartLeafHeaders(), ...table.getCenterLeafHeaders()];
  const shape = headers.map((header) => `${header.column.id}:${header.getSize()}:${String(header.column.getIsPinned())}`).join("|");
  const lanes = useMemo(() => layOut(headers, columns), [shape, columns]); // eslint-disable-line react-hooks/exhaustive-deps -- the shape tells when the headers differ
  const resize = (id: string, wanted: number) => table.setColumnSizing((sizes) => ({ ...sizes, [id]: wanted }));
  return { lanes, headers, resize, width: lanes.reduce((sum, lane) => sum + lane.width, 0) };
}

function layOut(headers: readonly ResultHeader[], columns: readonly ResultColumn[]): Lane[] {
  const pinnedWidth = headers.reduce((sum, header) => sum + (header.column.getIsPinned() === "start" ? header.getSize() : 0), 0);
  const lanes: Lane[] = [];
  let left = 0;
  for (const header of headers) {
    const index = columns.findIndex(({ name }) => name === header.column.id);
    const width = header.getSize();
    lanes.push({
      id: header.column.id,
      index,
      left,
      width,
      numeric: isNumeric(columns[index]?.type ?? ""),
      places: 0,
      pinned: header.column.getIsPinned() === "start",
      pinnedWidth,
    });
    left += width;
  }
  return lanes;
}
