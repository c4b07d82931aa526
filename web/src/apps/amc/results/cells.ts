import type { Cell } from "../types";

const numbers = /^(BIGINT|INTEGER|LONG|SHORT|BYTE|DOUBLE|FLOAT|DECIMAL|HUGEINT|UBIGINT|REAL)/i;

export const isNumeric = (type: string) => numbers.test(type);

/** A cell as it is read: numbers in groups of three, nothing as a dash. */
export function cellText(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "number") {
    return cell.toLocaleString("en-GB", { maximumFractionDigits: 6 });
  }
  return String(cell);
}

export function toNumber(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || cell === "" || typeof cell === "boolean") return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
