import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { Reason, ShownMeasure } from "./types";

/** Why a measure has no total. */
export function reasonText(reason: Reason): string {
  return reason === "reach"
    ? t`No total: whoever is counted in two segments, clients or rows is one person, so these counts are never added up.`
    : t`No total: this rate comes without the two figures it is made of, so segments cannot be put together.`;
}

/** The measures that no tile can tell of, each reason said once. */
export function SilentMeasures({ measures }: { measures: readonly ShownMeasure[] }) {
  if (measures.length === 0) return null;
  const reasons: Reason[] = ["reach", "rate"];
  return (
    <section aria-label={t`Without a figure`} className="mt-13 rounded-8 border border-line bg-paper p-13 text-12">
      <h2 className="font-semibold">
        <Trans>Without a figure</Trans>
      </h2>
      {reasons.map((reason) => {
        const names = measures.filter((measure) => measure.reason === reason).map(({ label }) => label);
        return (
          names.length > 0 && (
            <p key={reason} className="mt-5 max-w-1000">
              <span className="font-medium">{names.join(", ")}</span> · <span className="text-muted">{reasonText(reason)}</span>
            </p>
          )
        );
      })}
      <p className="mt-5 max-w-1000 text-muted">
        <Trans>A query that answers with one row a segment would give figures to draw.</Trans>
      </p>
    </section>
  );
}
