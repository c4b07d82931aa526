import { Trans } from "@lingui/react/macro";

export function libraryTabs() {
  return [
    { to: "/amc/library", label: <Trans>Workflows</Trans> },
    { to: "/amc/library/guides", label: <Trans>Guides</Trans> },
    { to: "/amc/library/schema", label: <Trans>Schema</Trans> },
  ] as const;
}
