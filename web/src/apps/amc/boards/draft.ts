import type { BoardMeasure, Tile } from "./types";

/** What is sent: a ratio names its two columns and no third, anything else its one; places of measures there are. */
export function bodyOf(measures: readonly BoardMeasure[], layout: readonly Tile[]): { measures: BoardMeasure[]; layout: Tile[] } {
  const mended = measures.map((measure) =>
    measure.kind === "ratio" ? { ...measure, column: null } : { ...measure, numerator: null, denominator: null, scale: 1 },
  );
  return { measures: mended, layout: layout.filter(({ measure_id: id }) => measures.some((measure) => measure.id === id)) };
}

/** Whether a measure says all that its kind needs. */
export function isWhole({ label, kind, column = null, numerator = null, denominator = null }: BoardMeasure): boolean {
  if (label.trim() === "") return false;
  return kind === "ratio" ? numerator !== null && denominator !== null : column !== null;
}

export function movedTo<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from);
  const item = items[from];
  if (item === undefined || to < 0 || to > rest.length) return [...items];
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function freshMeasure(columns: readonly string[], taken: readonly string[]): BoardMeasure {
  let number = taken.length + 1;
  while (taken.includes(`measure_${number}`)) number += 1;
  const column = columns[0] ?? null;
  return { id: `measure_${number}`, label: column ?? "", kind: "sum", column, numerator: null, denominator: null, scale: 1, format: "number" };
}
