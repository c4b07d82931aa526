import { Trans } from "@lingui/react/macro";

/** The pages about clients, of which each shows where the others are. */
export function clientTabs() {
  return [
    { to: "/amc/clients", label: <Trans>Clients</Trans> },
    { to: "/amc/clients/products", label: <Trans>Products</Trans> },
    { to: "/amc/clients/campaigns", label: <Trans>Campaigns</Trans> },
    { to: "/amc/clients/imports", label: <Trans>Imports</Trans> },
    { to: "/amc/connections", label: <Trans>Connections</Trans> },
  ] as const;
}
