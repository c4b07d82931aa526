import type { Board, Figures, Missing, Period, Point, SharedSnapshot, ShownMeasure, ShownTile } from "./types";

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

/** Whether anything of a measure can be told: a total, a point of its line, a client's figure. */
const tells = ({ reason, series, clients }: ShownMeasure) =>
  reason === null || [...series, ...clients.flatMap(({ series: own }) => own ?? [])].some(({ value }) => value !== null) || clients.some(({ total }) => total !== null);

const measureOf = ({ key }: ShownTile) => key.slice(0, key.lastIndexOf("-"));

export interface PartedTile extends ShownTile {
  /** A card of the same measure has its total: the drawn tile only draws. */
  carded: boolean;
}

/** The tiles that say something, each total and each reason once; and the measures that none of them tells of. */
export function partTiles(tiles: readonly ShownTile[]): { shown: PartedTile[]; silent: ShownMeasure[] } {
  const told = tiles.filter(({ measure }) => tells(measure));
  const drawn = new Set(told.filter(({ chart }) => chart !== "card").map(measureOf));
  // A card without a total would only say once more what the drawn tile says.
  const shown = told.filter((tile) => tile.chart !== "card" || tile.measure.reason === null || !drawn.has(measureOf(tile)));
  const cards = new Set(shown.filter(({ chart }) => chart === "card").map(measureOf));
  const silent = new Map(tiles.filter(({ measure }) => !tells(measure)).map((tile) => [measureOf(tile), tile.measure]));
  return {
    shown: shown.map((tile) => ({ ...tile, carded: tile.chart !== "card" && cards.has(measureOf(tile)) })),
    silent: [...silent.values()],
  };
}

export function frozenTiles({ figures }: SharedSnapshot): ShownTile[] {
  return figures.layout.flatMap(({ measure: at, chart, width }, index) => {
    const measure = figures.measures[at];
    return measure === undefined ? [] : [{ key: `${at}-${index}`, chart, width, measure }];
  });
}
