import type { Board, Figures, Missing, Period, Point, SharedSnapshot, ShownTile } from "./types";

/** A series with a gap for each segment that has no figure: a line must not run over what is not known. */
export function withGaps(series: readonly Point[], missing: readonly Missing[], period: Period): Point[] {
  const gaps = new Map<string, Point>();
  for (const { start, end } of missing) {
    if (start < period.start || end > period.end || series.some((point) => point.start === start)) continue;
    gaps.set(start, { start, end, value: null, provisional: false });
  }
  return [...series, ...gaps.values()].sort((one, other) => (one.start < other.start ? -1 : 1));
}

/** The tiles of a board with their figures; a measure that the answer does not know yet is left out. */
export function tilesOf(board: Board, figures: Figures, bySegment: boolean): ShownTile[] {
  const { missing, period } = figures;
  const gaps = (series: readonly Point[]) => (bySegment ? withGaps(series, missing, period) : [...series]);
  return board.layout.flatMap(({ measure_id, chart, width }, index) => {
    const measure = board.measures.find(({ id }) => id === measure_id);
    const found = figures.measures.find(({ id }) => id === measure_id);
    if (measure === undefined || found === undefined) return [];
    const clients = found.clients.map(({ instance, series, ...rest }) => ({ ...rest, name: instance.name, series: series === null ? null : gaps(series) }));
    const { label, kind, format } = measure;
    return [{ key: `${measure_id}-${index}`, chart, width, measure: { ...found, label, kind, format, clients, series: gaps(found.series) } }];
  });
}

export function frozenTiles({ figures }: SharedSnapshot): ShownTile[] {
  return figures.layout.flatMap(({ measure: at, chart, width }, index) => {
    const measure = figures.measures[at];
    return measure === undefined ? [] : [{ key: `${at}-${index}`, chart, width, measure }];
  });
}
