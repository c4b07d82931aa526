import { Trans } from "@lingui/react/macro";

import { Link } from "@tanstack/react-router";

import { useIsEmpty } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { RunLine } from "../runs/run-line";
import type { RunItem } from "../types";

export function ClientRuns({ clientId }: { clientId: string }) {
  const query = { instance_id: clientId };
  const empty = useIsEmpty("/amc/runs", query);
  useLive({ module: "amc", refresh: [["/amc/runs", "list"]] });
  return (
    <>
      {!empty && (
        <p className="mb-8 text-12">
          <Link to="/amc/runs" search={{ instance_id: clientId }} preload="intent" className="text-link underline underline-offset-2">
            <Trans>In the list of all runs, to filter and sort</Trans>
          </Link>
        </p>
      )}
      <RecordList<RunItem>
        path="/amc/runs"
        query={query}
        row={(run) => <RunLine run={run} withClient={false} />}
        empty={
          <EmptyState title={<Trans>Nothing was run yet</Trans>}>
            <Trans>Choose a workflow and a window of time; the rows come back here.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
