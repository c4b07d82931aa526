import { useEffect, useRef, type RefObject } from "react";

/** Brings the marked tab into view where a narrow screen cuts the row of tabs; `current` tells which it is. */
export function useShownTab<Row extends HTMLElement>(current: string): RefObject<Row | null> {
  const row = useRef<Row>(null);
  useEffect(() => {
    const marked = row.current?.querySelector<HTMLElement>("[data-active], [aria-current]");
    if (row.current === null || !marked) return;
    // By hand: scrollIntoView would move the page as well. The row is what offsets are told from.
    const { offsetLeft, offsetWidth } = marked;
    const end = offsetLeft + offsetWidth;
    if (end > row.current.scrollLeft + row.current.clientWidth) row.current.scrollLeft = end - row.current.clientWidth;
  }, [current]);
  return row;
}
