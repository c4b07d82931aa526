import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { PersonName } from "@/ui/person";

import { count, orDash, size, took, windowDays, windowText } from "../figures";
import type { Run } from "../types";
import { originWord } from "../words";
import { ruleText } from "../wizard/window-rules";

const at = (instant: string | null) => (instant === null ? "–" : formatInstant(instant));

function thresholdText({ privacy, disable_aggregation_controls: uncontrolled }: Run): string {
  if (uncontrolled) return t`stay: aggregation controls are off`;
  return privacy === "REMOVE_ROWS" ? t`are left out` : t`lose their values`;
}

export function RunFacts({ run }: { run: Run }) {
  const days = windowDays(run.window_start, run.window_end);
  return (
    <Facts
      dense
      facts={[
        [
          <Trans key="n">Client</Trans>,
          <Link key="v" to="/amc/clients/$clientId" params={{ clientId: run.instance.id }} className="text-link underline underline-offset-2">
            {run.instance.name}
          </Link>,
        ],
        [
          <Trans key="n">Workflow</Trans>,
          run.workflow === null ? (
            <Trans key="v">As written</Trans>
          ) : (
            <Link key="v" to="/amc/library/$workflowId" params={{ workflowId: run.workflow.id }} className="text-link underline underline-offset-2">
              {run.workflow.name}, {t`version ${run.workflow.number}`}
            </Link>
          ),
        ],
        [<Trans key="n">Window</Trans>, `${windowText(run.window_start, run.window_end)} (${t`${days} days`})`],
        [<Trans key="n">Rule</Trans>, ruleText(run.window_rule)],
        [<Trans key="n">Time zone</Trans>, run.time_zone],
        ...(run.require_synthetic_data ? [[<Trans key="n">Data</Trans>, t`made up by Amazon`] as const] : []),
        [<Trans key="n">Rows below their threshold</Trans>, thresholdText(run)],
        [<Trans key="n">Rows</Trans>, orDash(run.row_count)],
        ...(run.state === "succeeded" && !run.dry_run
          ? [[<Trans key="n">Rows scanned</Trans>, run.rows_scanned === null ? t`Amazon does not tell` : count(run.rows_scanned)] as const]
          : []),
        [<Trans key="n">Size</Trans>, size(run.size_bytes)],
        [<Trans key="n">Asked</Trans>, at(run.created_at)],
        [<Trans key="n">Sent to AMC</Trans>, at(run.submitted_at)],
        [<Trans key="n">Ended</Trans>, at(run.finished_at)],
        [<Trans key="n">Took</Trans>, took(run.submitted_at, run.finished_at) ?? "–"],
        [<Trans key="n">How it began</Trans>, originWord(run.origin)],
        ...(run.requested_by === null ? [] : [[<Trans key="n">Asked by</Trans>, <PersonName key="v" id={run.requested_by} />] as const]),
        ...(run.amc_execution_id === null
          ? []
          : [[<Trans key="n">AMC execution</Trans>, <CopyId key="v" value={run.amc_execution_id} />] as const]),
        [<Trans key="n">Id</Trans>, <CopyId key="v" value={run.id} />],
      ]}
    />
  );
}
