import { clsx } from "clsx";
import { memo } from "react";

import type { Cell } from "../types";
import { cellText } from "./cells";
import { rowHeight } from "./use-tall-rows";

/** Where a column stands: its place in the rows of the server, and on the screen. */
export interface Lane {
  id: string;
  index: number;
  left: number;
  width: number;
  numeric: boolean;
  /** Decimals its numbers are written with. */
  places: number;
  pinned: boolean;
  /** How wide all pinned columns are together. */
  pinnedWidth: number;
}

interface GridRowProps {
  index: number;
  top: number;
  width: number;
  lanes: readonly Lane[];
  cells: readonly Cell[] | undefined;
  /** The column of the active cell, -1 in every other row. */
  active: number;
  onPick: (column: number) => void;
}

function PlainRow({ index, top, width, lanes, cells, active, onPick }: GridRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="group absolute top-0 left-0 flex border-b border-line"
      style={{ transform: `translateY(${top}px)`, height: rowHeight, width, minWidth: "100%" }}
    >
      {lanes.map((lane, column) => {
        const cell = cells?.[lane.index];
        return (
          <div
            key={lane.id}
            role="gridcell"
            id={`cell-${index}-${column}`}
            aria-colindex={column + 1}
            onClick={() => onPick(column)}
            style={{ width: lane.width, ...(lane.pinned ? { position: "sticky", left: lane.left } : {}) }}
            className={clsx(
              "flex shrink-0 items-center truncate px-8 group-hover:bg-ground",
              lane.pinned && "z-1 border-r border-line bg-paper",
              lane.numeric && "justify-end",
              cell === null && "text-muted",
              active === column && "outline-2 -outline-offset-2 outline-link",
            )}
          >
            <span className="min-w-0 truncate" title={typeof cell === "string" && cell.length > 34 ? cell : undefined}>
              {cell === undefined ? "" : cellText(cell, lane.places)}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** While one scrolls only the rows that come are drawn. */
export const GridRow = memo(
  PlainRow,
  (before, after) =>
    before.index === after.index &&
    before.top === after.top &&
    before.lanes === after.lanes &&
    before.cells === after.cells &&
    before.active === after.active,
);
