import { Trans } from "@lingui/react/macro";

import { formatInstant } from "@/kernel/time";
import { Facts } from "@/ui/page";

import type { Dashboard } from "./dashboard-types";

const units = (value: number) => value.toLocaleString("en-GB");

/** The forecast with its method and its range: a figure for those who plan, never for members. */
export function ForecastFacts({ dashboard }: { dashboard: Dashboard }) {
  const { forecast, goal_units: goal, deadline_at: deadline } = dashboard;
  if (forecast === null) {
    return (
      <p className="label py-8">
        <Trans>No forecast: it needs three whole days of a campaign that is still open.</Trans>
      </p>
    );
  }
  return (
    <>
      <Facts
        dense
        facts={[
          [<Trans key="n">Units at the close</Trans>, <strong key="v">{units(forecast.units)}</strong>],
          [
            <Trans key="n">Range</Trans>,
            <span key="v">
              {units(forecast.low_units)} – {units(forecast.high_units)}
            </span>,
          ],
          [<Trans key="n">Goal</Trans>, goal === null ? "–" : units(goal)],
          [<Trans key="n">Close</Trans>, deadline === null ? "–" : formatInstant(deadline, dashboard.time_zone)],
        ]}
      />
      <p className="label pb-8 text-pretty">
        <Trans>
          Method: what stands now, and the mean of the last {forecast.days_used} whole days carried on until the close.
          Range: their lowest and their highest day. It knows nothing of withdrawals to come.
        </Trans>
      </p>
    </>
  );
}
