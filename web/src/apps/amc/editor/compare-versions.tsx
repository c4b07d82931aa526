import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { Dialog } from "@/ui/dialog";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { workflowPath } from "../library/use-workflow";
import type { Workflow, WorkflowDiff } from "../types";
import { DiffView } from "./diff-view";

interface CompareVersionsProps {
  workflow: Workflow;
  from: number;
  onClose: () => void;
}

/** What a version meant otherwise than the present one, then its lines. */
export function CompareVersions({ workflow, from, onClose }: CompareVersionsProps) {
  const to = workflow.number;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [workflowPath, workflow.id, "diff", from, to],
    queryFn: ({ signal }) => get<WorkflowDiff>(`${workflowPath}/${workflow.id}/diff`, { signal, query: { from, to } }),
  });
  return (
    <Dialog open onClose={onClose} wide title={<Trans>From version {from} to version {to}</Trans>}>
      {isPending ? (
        <RowsSkeleton rows={5} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          {data.parts.length === 0 && (
            <p className="mb-13 text-16">
              <Trans>Both mean the same.</Trans>
            </p>
          )}
          <ul className="mb-13">
            {data.parts.map((part, index) => (
              <li key={index} className="border-b border-line py-5 text-12 last:border-0">
                <p className="font-medium">{part.text}</p>
                {part.before !== null && <p className="font-mono break-all text-bad">− {part.before}</p>}
                {part.after !== null && <p className="font-mono break-all text-ok">+ {part.after}</p>}
              </li>
            ))}
          </ul>
          <DiffView lines={data.lines} />
        </>
      )}
    </Dialog>
  );
}
