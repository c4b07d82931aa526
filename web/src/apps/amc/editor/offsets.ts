/** A text whose lines end as the editor's do. Lines and columns are the same in it. */
export const plainBreaks = (text: string) => text.replaceAll(/\r\n?/g, "\n");

/** Where a line and a column stand in a text with plain breaks, both from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(before + column - 1, text.length);
}
