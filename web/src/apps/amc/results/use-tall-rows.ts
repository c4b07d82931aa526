import { elementScroll, observeElementOffset, useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type RefObject } from "react";

import { scaleOf, tallest } from "./scroll-scale";

export const rowHeight = 26;

/** Which of very many rows are drawn, and where; a million of them scroll in one box. */
export function useTallRows(place: RefObject<HTMLDivElement | null>, rows: number, head: number) {
  const whole = rows * rowHeight;
  const scale = useRef(1);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is compiled
  const virtual = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows,
    getScrollElement: () => place.current,
    estimateSize: () => rowHeight,
    overscan: 13,
    scrollPaddingStart: head,
    observeElementOffset: (instance, tell) =>
      observeElementOffset(instance, (offset, scrolling) => tell(offset * scale.current, scrolling)),
    scrollToFn: (offset, options, instance) => elementScroll(offset / scale.current, options, instance),
  });
  const view = virtual.scrollRect?.height ?? 0;
  useEffect(() => {
    scale.current = scaleOf(whole, view);
  }, [whole, view]);
  const offset = virtual.scrollOffset ?? 0;
  // On the short scale rows stand beside where one looks, not at their own place.
  const shift = whole <= tallest ? 0 : offset - offset / scaleOf(whole, view);
  /** Brings a row into sight below the head; the virtualizer itself knows nothing of the short scale. */
  const bring = (row: number) => {
    const element = place.current;
    if (element === null) return;
    const [top, first] = [row * rowHeight, element.scrollTop * scale.current];
    const room = element.clientHeight - head - rowHeight;
    if (top < first) element.scrollTop = top / scale.current;
    else if (top > first + room) element.scrollTop = (top - room) / scale.current;
  };
  return { virtual, height: Math.min(whole, tallest), shift, bring };
}
