import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { post } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { workflowPath } from "../library/use-workflow";
import type { Workflow, WorkflowVersion } from "../types";

const CompareVersions = lazy(() => import("./compare-versions").then((file) => ({ default: file.CompareVersions })));

/** Every version that was saved, the newest first: compared with the present one, or brought back. */
export function Versions({ workflow, mayRestore }: { workflow: Workflow; mayRestore: boolean }) {
  const path = `${workflowPath}/${workflow.id}/versions`;
  const queries = useQueryClient();
  const [compared, setCompared] = useState<number | null>(null);
  const list = useKeysetList<WorkflowVersion>(path, {});
  const restore = useAct<number, Workflow>({
    work: (number) => post<Workflow>(`${workflowPath}/${workflow.id}/restore`, { number }, { version: workflow.version }),
    refresh: [[workflowPath, "list"], [path]],
    done: (saved, number) => t`Version ${number} is back, as version ${saved.number}`,
    refused: t`The workflow stays as it is`,
    onDone: (saved) => queries.setQueryData([workflowPath, workflow.id], saved),
  });
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  return (
    <>
      <ol className="text-12">
        {list.rows.map((version) => (
          <li key={version.number} className="border-b border-line py-8 last:border-0">
            <div className="flex items-baseline justify-between gap-8">
              <span className="font-medium">
                <Trans>Version {version.number}</Trans>
              </span>
              <time dateTime={version.saved_at} className="text-muted">
                {formatShort(version.saved_at)}
              </time>
            </div>
            {version.note !== "" && <p className="break-words">{version.note}</p>}
            <p className="label">
              {version.saved_by?.display_name ?? <PersonName id={version.saved_by?.id ?? null} kind="system" />}
            </p>
            {version.number === workflow.number ? (
              <p className="label">
                <Trans>The present one</Trans>
              </p>
            ) : (
              <div className="mt-5 flex gap-8">
                <Button onClick={() => setCompared(version.number)}>
                  <Trans>Compare</Trans>
                </Button>
                {mayRestore && (
                  <Button busy={restore.isPending} onClick={() => restore.mutate(version.number)}>
                    <Trans>Bring back</Trans>
                  </Button>
                )}
              </div>
            )}
          </li>
        ))}
      </ol>
      {list.hasMore && (
        <Button tone="quiet" className="mt-8" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
      <Suspense>
        {compared !== null && <CompareVersions workflow={workflow} from={compared} onClose={() => setCompared(null)} />}
      </Suspense>
    </>
  );
}
