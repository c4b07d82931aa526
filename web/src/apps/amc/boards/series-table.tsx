import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Line } from "./chart-of";
import { figureText } from "./figure-text";
import { spanText } from "./span-text";

/** The figures behind a chart: time down, one column a line. */
export function SeriesTable({ lines, format }: { lines: readonly Line[]; format: string }) {
  const points = lines[0]?.points ?? [];
  return (
    <div tabIndex={0} role="group" aria-label={t`Figures over time`} className="mt-8 max-h-233 overflow-auto print:max-h-none">
      <table className="w-full text-12">
        <thead>
          <tr className="text-muted">
            <th scope="col" className="sticky top-0 bg-paper py-3 text-left font-medium">
              <Trans>Time</Trans>
            </th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" className="sticky top-0 bg-paper py-3 pl-13 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            <tr key={point.start} className="border-t border-line">
              <th scope="row" className="py-3 text-left font-normal whitespace-nowrap">
                {spanText(point)}
              </th>
              {lines.map(({ name, points: own }) => {
                const here = own[index];
                return (
                  <td key={name} className="py-3 pl-13 text-right whitespace-nowrap">
                    {here?.provisional === true && (
                      <span className="mr-5 text-muted" title={t`provisional`}>
                        ~<span className="sr-only">{t`provisional`}</span>
                      </span>
                    )}
                    {figureText(here?.value ?? null, format)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
