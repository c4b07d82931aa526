import type { Cell } from "../types";
import { toNumber } from "./cells";

/** How many are in exactly these sets; a set is named by its place, 0 to 2. */
export interface Region {
  sets: number[];
  value: number;
}

const on = (cell: Cell | undefined) => cell === true || cell === 1 || cell === "1" || cell === "true" || (toNumber(cell) ?? 0) > 0;

/** The regions of two or three sets from rows that say, set by set, whether they belong. */
export function regionsOf(rows: readonly (readonly Cell[])[], sets: number, weightAt: number): Region[] {
  const sums = new Map<string, Region>();
  for (const row of rows) {
    const inside = Array.from({ length: sets }, (_, index) => index).filter((index) => on(row[index]));
    if (inside.length === 0) continue;
    const key = inside.join();
    const region = sums.get(key) ?? { sets: inside, value: 0 };
    region.value += toNumber(row[weightAt]) ?? 0;
    sums.set(key, region);
  }
  return [...sums.values()].sort((one, other) => one.sets.length - other.sets.length);
}

/** The whole of each set: its own part and all that it shares. */
export function wholesOf(regions: readonly Region[], sets: number): number[] {
  return Array.from({ length: sets }, (_, index) =>
    regions.filter((region) => region.sets.includes(index)).reduce((sum, region) => sum + region.value, 0),
  );
}
