import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { Button, buttonClass } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { workflowPath } from "../library/use-workflow";
import type { WorkflowItem } from "../types";
import { categoryWord } from "../words";

/** Which workflow is collected. */
export function WorkflowPick({ onPick }: { onPick: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const list = useKeysetList<WorkflowItem>(workflowPath, { q: q === "" ? undefined : q });
  return (
    <div className="max-w-618">
      <TextField label={t`Find a workflow`} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Sheet className="mt-13">
        {list.pending ? (
          <RowsSkeleton rows={4} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <EmptyState
            title={q === "" ? <Trans>The library is empty</Trans> : <Trans>Nothing matches</Trans>}
            action={
              <Link to="/amc/library/guides" className={buttonClass("plain")}>
                <Trans>Look at the guides</Trans>
              </Link>
            }
          >
            <Trans>Guides bring queries along that run as they are.</Trans>
          </EmptyState>
        ) : (
          <ul>
            {list.rows.map((workflow) => (
              <li key={workflow.id} className="border-b border-line last:border-0">
                <button type="button" onClick={() => onPick(workflow.id)} className="block w-full px-13 py-8 text-left hover:bg-ground sm:px-21">
                  <span className="block truncate text-16">{workflow.name}</span>
                  <span className="label flex flex-wrap gap-x-8">
                    <span>{categoryWord(workflow.category)}</span>
                    {workflow.folder !== "" && <span>{workflow.folder}</span>}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {list.hasMore && (
          <div className="p-8">
            <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
              <Trans>Show more</Trans>
            </Button>
          </div>
        )}
      </Sheet>
    </div>
  );
}
