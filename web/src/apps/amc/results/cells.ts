import type { Cell } from "../types";

const numbers = /^(BIGINT|INTEGER|LONG|SHORT|BYTE|DOUBLE|FLOAT|DECIMAL|HUGEINT|UBIGINT|REAL)/i;

export const isNumeric = (type: string) => numbers.test(type);

const mostPlaces = 6;

/** How many decimals the numbers of a column have at most: all of it is written with as many, so that they stand below each other. */
export function placesOf(rows: readonly (readonly Cell[])[], index: number): number {
  let most = 0;
  for (const row of rows) {
    const cell = row[index];
    if (typeof cell !== "number" || Number.isInteger(cell)) continue;
    most = Math.max(most, cell.toFixed(mostPlaces).replace(/0+$/, "").split(".")[1]?.length ?? 0);
  }
  return most;
}

/** A cell as it is read: numbers in groups of three and with so many decimals at least, nothing as a dash. */
export function cellText(cell: Cell, places = 0): string {
  if (cell === null) return "–";
  if (typeof cell === "number") {
    return cell.toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: mostPlaces });
  }
  return String(cell);
}

export function toNumber(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || cell === "" || typeof cell === "boolean") return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
