import { Trans } from "@lingui/react/macro";

export function runTabs() {
  return [
    { to: "/amc/runs", label: <Trans>Runs</Trans> },
    { to: "/amc/runs/schedules", label: <Trans>Schedules</Trans> },
    { to: "/amc/runs/collections", label: <Trans>Collections</Trans> },
    { to: "/amc/runs/destinations", label: <Trans>Destinations</Trans> },
    { to: "/amc/runs/alerts", label: <Trans>Alerts</Trans> },
  ] as const;
}
