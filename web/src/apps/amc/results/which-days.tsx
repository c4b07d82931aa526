import { Trans } from "@lingui/react/macro";

import { useClient } from "../clients/use-client";
import type { Run } from "../types";
import { dataDaysText, meetsData } from "../wizard/data-days";

/** For which days there are data at all, where the local AMC told: an empty result may only have looked beside them. */
export function WhichDays({ run }: { run: Run }) {
  const { data } = useClient(run.instance.id);
  const days = data === undefined ? null : dataDaysText(data);
  if (data === undefined || days === null) return null;
  return (
    <p className="mt-8">
      {meetsData(data, { start: run.window_start, end: run.window_end }) ? (
        <Trans>The local AMC has data for {days}.</Trans>
      ) : (
        <Trans>The window of this run lies beside the data: the local AMC has {days}.</Trans>
      )}
    </p>
  );
}
