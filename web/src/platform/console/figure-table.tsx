import { clsx } from "clsx";
import type { ReactNode } from "react";

interface FigureTableProps<Row> {
  caption: string;
  heads: readonly string[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The cells of a row: the first names it, the others are figures. */
  cells: (row: Row) => readonly ReactNode[];
}

/** A short table of figures: a name at the left, numbers at the right. It scrolls by itself on a phone. */
export function FigureTable<Row>({ caption, heads, rows, rowKey, cells }: FigureTableProps<Row>) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={caption}>
      <table className="w-full text-12">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-muted">
            {heads.map((head, index) => (
              <th
                key={head}
                scope="col"
                className={clsx("px-8 py-8 font-medium first:pl-13 last:pr-13 sm:px-13 sm:whitespace-nowrap", index === 0 ? "text-left" : "text-right")}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [name, ...figures] = cells(row);
            return (
              <tr key={rowKey(row)} className="border-b border-line last:border-0">
                <th scope="row" className="min-w-144 px-13 py-8 text-left font-normal [overflow-wrap:anywhere]">
                  {name}
                </th>
                {figures.map((figure, index) => (
                  <td key={heads[index + 1]} className="px-8 py-8 text-right whitespace-nowrap last:pr-13 sm:px-13">
                    {figure}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
