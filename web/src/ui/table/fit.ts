import type { RowData } from "@tanstack/react-table";
import { useCallback, useState } from "react";

import type { Column } from "./columns";

const gap = 13;
const margins = 26;
/** The track of the checkbox, and of the word about what found no room. */
export const smallTrack = 34;
/** Below this a row is written in two lines, as on a phone. */
const leastRoom = 480;

type Width = { width: string };

function least({ width }: Width): number {
  return Number(/(\d+)px/.exec(width)?.[1] ?? 0);
}

/** What gives way first: the extras of the list, then those somebody chose, then a phone's details. */
function giving<Row extends RowData>({ onPhone, hidden }: Column<Row>): number {
  if (onPhone === "title" || onPhone === "state") return 0;
  if (onPhone === "detail") return 1;
  return hidden === true ? 2 : 3;
}

/** The columns that find room in so many pixels, in their order, and those that gave way. */
export function fit<Row extends RowData>(columns: readonly Column<Row>[], room: number, leading: boolean) {
  const kept = [...columns];
  const needs = () => {
    const small = (leading ? 1 : 0) + (kept.length < columns.length ? 1 : 0);
    const tracks = kept.reduce((sum, column) => sum + least(column), small * smallTrack);
    return margins + tracks + gap * (kept.length + small - 1);
  };
  while (room > 0 && needs() > room) {
    const next = kept.reduce((worst, column) => (giving(column) >= giving(worst) ? column : worst));
    if (giving(next) === 0) break;
    kept.splice(kept.indexOf(next), 1);
  }
  return { kept, left: columns.filter((column) => !kept.includes(column)) };
}

/** The width of an element as it is and as it changes, 0 until it is known; and whether that is a phone's. */
export function useRoom() {
  const [room, setRoom] = useState(0);
  const place = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    setRoom(element.clientWidth);
    const watch = new ResizeObserver(() => setRoom(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return { place, room, tight: room > 0 && room < leastRoom };
}
