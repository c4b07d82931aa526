import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { cellText, isNumeric } from "../results/cells";
import type { GuideSection } from "../types";

/** Rows that the query gives over made-up data. */
export function Sample({ sample }: { sample: NonNullable<GuideSection["sample"]> }) {
  return (
    <figure className="mt-13">
      <figcaption className="label mb-5">
        <Trans>Sample rows, from the local AMC and its made-up data</Trans>
      </figcaption>
      <div tabIndex={0} role="group" aria-label={t`Sample rows`} className="overflow-x-auto rounded-8 border border-line bg-paper">
        <table className="w-max min-w-full text-12">
          <thead>
            <tr>
              {sample.columns.map(({ name, type }) => (
                <th key={name} scope="col" className={`border-b border-line px-13 py-8 font-medium text-muted ${isNumeric(type) ? "text-right" : "text-left"}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sample.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, index) => (
                  <td key={index} className={`border-b border-line px-13 py-5 ${isNumeric(sample.columns[index]?.type ?? "") ? "text-right" : ""}`}>
                    {cellText(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
