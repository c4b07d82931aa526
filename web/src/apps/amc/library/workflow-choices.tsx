import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { BookOpen, Check } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { Button, buttonClass } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { WorkflowItem } from "../types";
import { categoryWord } from "../words";
import { workflowPath } from "./use-workflow";

const GuideChoices = lazy(() => import("./guide-choices").then((file) => ({ default: file.GuideChoices })));

/** What of a workflow is needed to go on with it. */
export type Picked = Pick<WorkflowItem, "id" | "name" | "number">;

interface WorkflowChoicesProps {
  /** The one that was chosen before. */
  chosen?: string | undefined;
  onPick: (workflow: Picked) => void;
}

/** The workflows of the library, to choose one; whoever has none yet begins with a guide's. */
export function WorkflowChoices({ chosen, onPick }: WorkflowChoicesProps) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const mayCopy = useCan()(...permissions.edit);
  const [offered, setOffered] = useState(false);
  const list = useKeysetList<WorkflowItem>(workflowPath, { q: q === "" ? undefined : q });
  const none = !list.pending && list.error === null && list.rows.length === 0;
  const guides = mayCopy && (offered || none);
  return (
    <>
      <TextField label={t`Find a workflow`} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      {none && mayCopy ? (
        // The guides stand right below: no picture is put between.
        <p className="label mt-13">{q === "" ? <Trans>The library is empty</Trans> : <Trans>No workflow of the library matches</Trans>}</p>
      ) : (
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
                <Choice key={workflow.id} workflow={workflow} taken={workflow.id === chosen} onPick={onPick} />
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
      )}
      {guides ? (
        <Suspense>
          <GuideChoices words={q} onPick={onPick} />
        </Suspense>
      ) : (
        mayCopy &&
        !list.pending && (
          <Button tone="quiet" icon={<BookOpen size={13} aria-hidden />} className="mt-8" onClick={() => setOffered(true)}>
            <Trans>Begin with a query of the guides</Trans>
          </Button>
        )
      )}
    </>
  );
}

interface ChoiceProps {
  workflow: WorkflowItem;
  taken: boolean;
  onPick: (workflow: Picked) => void;
}

function Choice({ workflow, taken, onPick }: ChoiceProps) {
  return (
    <li className="border-b border-line last:border-0">
      <button
        type="button"
        aria-pressed={taken}
        onClick={() => onPick(workflow)}
        className={clsx("flex w-full items-center gap-13 px-13 py-8 text-left hover:bg-ground sm:px-21", taken && "bg-soft")}
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-16">{workflow.name}</span>
          <span className="label flex flex-wrap gap-x-8">
            <span>{categoryWord(workflow.category)}</span>
            {workflow.folder !== "" && <span>{workflow.folder}</span>}
          </span>
        </span>
        {taken && <Check size={16} aria-hidden />}
      </button>
    </li>
  );
}
