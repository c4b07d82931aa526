import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { workflowPath, workflowQuery } from "../library/use-workflow";
import type { Workflow } from "../types";
import { DiffView } from "./diff-view";
import type { useDraft } from "./draft";
import { diffLines } from "./line-diff";
import { PrivacyChoice } from "./privacy-choice";

interface SaveDialogProps {
  workflow: Workflow;
  work: ReturnType<typeof useDraft>;
  onClose: () => void;
}

/** Saves what was written as a new version; where somebody was quicker, both texts are shown first. */
export function SaveDialog({ workflow, work, onClose }: SaveDialogProps) {
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [conflict, setConflict] = useState(work.behind);
  const { sql, parameters, privacy } = work.draft;
  const save = useAct<number, Workflow>({
    work: (version) => patch<Workflow>(`${workflowPath}/${workflow.id}`, { sql, parameters, privacy, note }, { version }),
    refresh: [[workflowPath, "list"], [`${workflowPath}/${workflow.id}/versions`]],
    done: ({ number }) => t`Version ${number} is saved`,
    refused: t`Nothing was saved`,
    onDone: (saved) => {
      queries.setQueryData([workflowPath, workflow.id], saved);
      work.drop();
      onClose();
    },
    onRefused: (problem) => {
      if (problem.status === 412) setConflict(true);
      else setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  if (conflict) {
    return (
      <Conflict
        workflowId={workflow.id}
        mine={sql}
        onTheirs={() => {
          work.drop();
          onClose();
        }}
        onMine={(version) => {
          setConflict(false);
          save.mutate(version);
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog open onClose={onClose} title={<Trans>Save a new version</Trans>} wide>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(workflow.version);
        }}
      >
        <TextField
          label={t`What changed`}
          optional={t`optional`}
          autoFocus
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <PrivacyChoice privacy={privacy} onChange={(next) => work.change({ privacy: next })} />
        <DiffView lines={diffLines(workflow.sql, sql)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface ConflictProps {
  workflowId: string;
  mine: string;
  onTheirs: () => void;
  onMine: (version: number) => void;
  onClose: () => void;
}

function Conflict({ workflowId, mine, onTheirs, onMine, onClose }: ConflictProps) {
  const { data, error, isPending, refetch } = useQuery({ ...workflowQuery(workflowId), staleTime: 0, refetchOnMount: "always" });
  return (
    <Dialog open onClose={onClose} title={<Trans>Somebody saved a newer version</Trans>} wide>
      {isPending ? (
        <RowsSkeleton rows={4} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <p className="mb-13 text-16">
            <Trans>Version {data.number} came while you wrote. What leads from it to yours:</Trans>
          </p>
          <DiffView lines={diffLines(data.sql, mine)} />
          <DialogActions>
            <Button size="normal" onClick={onClose}>
              <Trans>Go on writing</Trans>
            </Button>
            <Button size="normal" tone="danger" onClick={onTheirs}>
              <Trans>Take theirs, give mine up</Trans>
            </Button>
            <Button size="normal" tone="primary" onClick={() => onMine(data.version)}>
              <Trans>Save mine as version {data.number + 1}</Trans>
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
}
