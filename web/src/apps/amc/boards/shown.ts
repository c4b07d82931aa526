import type { Board, Figures, SharedSnapshot, ShownTile } from "./types";

/** The tiles of a board with their figures; a measure that the answer does not know yet is left out. */
export function tilesOf(board: Board, figures: Figures): ShownTile[] {
  return board.layout.flatMap(({ measure_id, chart, width }, index) => {
    const measure = board.measures.find(({ id }) => id === measure_id);
    const found = figures.measures.find(({ id }) => id === measure_id);
    if (measure === undefined || found === undefined) return [];
    const clients = found.clients.map(({ instance, ...rest }) => ({ ...rest, name: instance.name }));
    const { label, kind, format } = measure;
    return [{ key: `${measure_id}-${index}`, chart, width, measure: { ...found, label, kind, format, clients } }];
  });
}

export function frozenTiles({ figures }: SharedSnapshot): ShownTile[] {
  return figures.layout.flatMap(({ measure: at, chart, width }, index) => {
    const measure = figures.measures[at];
    return measure === undefined ? [] : [{ key: `${at}-${index}`, chart, width, measure }];
  });
}
