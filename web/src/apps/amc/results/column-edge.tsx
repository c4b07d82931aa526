import { t } from "@lingui/core/macro";
import type { KeyboardEvent } from "react";

import { leastWidth, mostWidth, type ResultHeader } from "./use-lanes";

interface ColumnEdgeProps {
  header: ResultHeader;
  width: number;
  onWidth: (width: number) => void;
}

const step = 13;
const stride = 55;

/** The right edge of a column: dragged, or moved by the arrow keys, with Shift further; Enter brings its first width back. */
export function ColumnEdge({ header, width, onWidth }: ColumnEdgeProps) {
  const name = header.column.id;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.shiftKey ? stride : step;
    const widths: Record<string, number> = { ArrowLeft: width - by, ArrowRight: width + by, Home: leastWidth, End: mostWidth };
    const next = widths[event.key];
    if (next === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (next === undefined) header.column.resetSize();
    else onWidth(Math.min(Math.max(next, leastWidth), mostWidth));
  };
  return (
    <span
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t`Width of ${name}`}
      aria-valuenow={width}
      aria-valuemin={leastWidth}
      aria-valuemax={mostWidth}
      aria-valuetext={t`${width} pixels`}
      onKeyDown={onKeyDown}
      onDoubleClick={() => header.column.resetSize()}
      onPointerDown={(event) => event.stopPropagation()}
      onMouseDown={header.getResizeHandler()}
      onTouchStart={header.getResizeHandler()}
      className="absolute inset-y-5 right-0 w-5 cursor-col-resize touch-none border-r border-line hover:border-link focus-visible:border-link focus-visible:bg-link"
    />
  );
}
