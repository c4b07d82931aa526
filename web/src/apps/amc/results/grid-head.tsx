import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp, ChartNoAxesColumn, ChevronDown, Pin, PinOff } from "lucide-react";

import { Menu, MenuItem } from "@/ui/menu";

import { ColumnEdge } from "./column-edge";
import type { Lane } from "./grid-row";
import { nextSort } from "./next-sort";
import type { ResultHeader } from "./use-lanes";

interface GridHeadProps {
  headers: readonly ResultHeader[];
  lanes: readonly Lane[];
  width: number;
  sort: string;
  onSort: (sort: string) => void;
  onWidth: (column: string, width: number) => void;
  onColumn?: (column: string) => void;
}

export function GridHead({ headers, lanes, width, sort, onSort, onWidth, onColumn }: GridHeadProps) {
  return (
    <div role="row" aria-rowindex={1} style={{ width, minWidth: "100%" }} className="sticky top-0 z-10 flex h-34 border-b border-line bg-paper font-medium text-muted">
      {headers.map((header, at) => {
        const lane = lanes[at];
        if (lane === undefined) return null;
        const name = lane.id;
        const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
        const Arrow = order === "descending" ? ArrowDown : ArrowUp;
        const pinned = lane.pinned;
        return (
          <div
            key={name}
            role="columnheader"
            aria-sort={order}
            aria-colindex={at + 1}
            style={{ width: lane.width, ...(pinned ? { position: "sticky", left: lane.left } : {}) }}
            className={clsx("relative flex shrink-0 items-center gap-3 pl-8", pinned && "z-1 border-r border-line bg-paper")}
          >
            <button
              type="button"
              title={name}
              onClick={() => onSort(nextSort(sort, name))}
              className={clsx("flex h-34 min-w-0 flex-1 items-center gap-3 hover:text-ink", order !== "none" && "text-ink", lane.numeric && "justify-end")}
            >
              <span className="truncate">{name}</span>
              {order !== "none" && <Arrow size={12} aria-hidden className="shrink-0" />}
            </button>
            <Menu
              trigger={
                <button
                  type="button"
                  aria-label={t`More about ${name}`}
                  className="mr-5 inline-flex h-34 w-21 shrink-0 items-center justify-center hover:text-ink"
                >
                  <ChevronDown size={12} aria-hidden />
                </button>
              }
            >
              {onColumn !== undefined && (
                <MenuItem icon={<ChartNoAxesColumn size={13} aria-hidden />} onSelect={() => onColumn(name)}>
                  <Trans>Figures of this column</Trans>
                </MenuItem>
              )}
              <MenuItem icon={<ArrowUp size={13} aria-hidden />} onSelect={() => onSort(name)}>
                <Trans>Sort upwards</Trans>
              </MenuItem>
              <MenuItem icon={<ArrowDown size={13} aria-hidden />} onSelect={() => onSort(`-${name}`)}>
                <Trans>Sort downwards</Trans>
              </MenuItem>
              <MenuItem
                icon={pinned ? <PinOff size={13} aria-hidden /> : <Pin size={13} aria-hidden />}
                onSelect={() => header.column.pin(pinned ? false : "start")}
              >
                {pinned ? <Trans>Let it go</Trans> : <Trans>Pin it to the left</Trans>}
              </MenuItem>
            </Menu>
            <ColumnEdge header={header} width={lane.width} onWidth={(next) => onWidth(name, next)} />
          </div>
        );
      })}
    </div>
  );
}
