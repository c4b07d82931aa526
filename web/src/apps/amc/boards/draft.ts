import type { Board, BoardMeasure, Chart, Tile } from "./types";

/** A measure with its place; without a chart it is kept and not shown. */
export interface DraftMeasure extends BoardMeasure {
  chart: Chart | "none";
  width: number;
}

/** Measures in the order of their places, those without one last. */
export function draftOf({ measures, layout }: Pick<Board, "measures" | "layout">): DraftMeasure[] {
  const placeOf = (id: string) => layout.findIndex((tile) => tile.measure_id === id);
  const placed = measures.map((measure) => {
    const at = placeOf(measure.id);
    const tile = layout[at];
    return { at: at === -1 ? Infinity : at, draft: { ...measure, chart: tile?.chart ?? ("none" as const), width: tile?.width ?? 1 } };
  });
  return placed.sort((one, other) => one.at - other.at || 0).map(({ draft }) => draft);
}

/** What is sent: a ratio names its two columns and no third, anything else its one. */
export function bodyOf(drafts: readonly DraftMeasure[]): { measures: BoardMeasure[]; layout: Tile[] } {
  const measures = drafts.map(({ chart: _chart, width: _width, ...measure }) =>
    measure.kind === "ratio" ? { ...measure, column: null } : { ...measure, numerator: null, denominator: null, scale: 1 },
  );
  const layout = drafts.flatMap(({ id, chart, width }) => (chart === "none" ? [] : [{ measure_id: id, chart, width }]));
  return { measures, layout };
}

/** Whether a measure says all that its kind needs. */
export function isWhole({ label, kind, column, numerator, denominator }: DraftMeasure): boolean {
  if (label.trim() === "") return false;
  return kind === "ratio" ? numerator !== null && denominator !== null : column !== null;
}

export function movedTo<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.filter((_, index) => index !== from);
  const item = items[from];
  if (item === undefined || to < 0 || to > rest.length) return [...items];
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export function freshMeasure(columns: readonly string[], taken: readonly string[]): DraftMeasure {
  let number = taken.length + 1;
  while (taken.includes(`measure_${number}`)) number += 1;
  const column = columns[0] ?? null;
  const more = { numerator: null, denominator: null, scale: 1 };
  return { id: `measure_${number}`, label: column ?? "", kind: "sum", column, ...more, format: "number", chart: "line", width: 1 };
}
