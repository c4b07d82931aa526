import type { Line } from "./chart-of";
import type { ShownMeasure } from "./types";

export const mostLines = 6;

/** One line over all clients, or one a client where they cannot be added up. */
export function linesOf(measure: ShownMeasure): Line[] {
  const { series, clients, label } = measure;
  if (series.some(({ value }) => value !== null)) return [{ name: label, points: series }];
  const apart = clients.flatMap(({ name, series: own }) => (own === null ? [] : [{ name, points: own }]));
  return apart.length > 0 ? apart : [{ name: label, points: series }];
}
