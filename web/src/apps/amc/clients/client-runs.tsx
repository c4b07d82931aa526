import { Trans } from "@lingui/react/macro";

import { useLive } from "@/kernel/live";
import { RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { RunLine } from "../runs/run-line";
import type { RunItem } from "../types";

export function ClientRuns({ clientId }: { clientId: string }) {
  useLive({ module: "amc", refresh: [["/amc/runs", "list"]] });
  return (
    <RecordList<RunItem>
      path="/amc/runs"
      query={{ instance_id: clientId }}
      row={(run) => <RunLine run={run} withClient={false} />}
      empty={
        <EmptyState title={<Trans>Nothing was run yet</Trans>}>
          <Trans>Choose a workflow and a window of time; the rows come back here.</Trans>
        </EmptyState>
      }
    />
  );
}
