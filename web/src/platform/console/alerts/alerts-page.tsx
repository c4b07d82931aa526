import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";

import { Alerts } from "../dashboard/alerts";
import { Channels } from "./channels";
import { Windows } from "./windows";

export function AlertsPage() {
  useTitle(t`Alerts`);
  return (
    <>
      <PageHead
        title={<Trans>Alerts</Trans>}
        below={
          <Trans>
            What is watched, when it counts as too high, and who is told. Operators who may read the status of everything are
            told by mail.
          </Trans>
        }
      />
      <Alerts />
      <div className="grid gap-x-34 md:grid-cols-2">
        <Windows />
        <Channels />
      </div>
    </>
  );
}
