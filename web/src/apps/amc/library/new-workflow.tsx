import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Workflow } from "../types";
import { categories, categoryWord } from "../words";
import { workflowPath } from "./use-workflow";

// A query that AMC takes as it is: whoever begins sees rows before writing a line.
const beginning = `SELECT
  campaign,
  COUNT(*) AS impressions,
  COUNT(DISTINCT user_id) AS reach
FROM dsp_impressions
GROUP BY campaign
`;

interface NewWorkflowProps {
  /** What to begin with; else a query that AMC takes. */
  name?: string;
  sql?: string;
  onClose: () => void;
}

export function NewWorkflow({ name: called = "", sql = beginning, onClose }: NewWorkflowProps) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [name, setName] = useState(called);
  const [category, setCategory] = useState("custom");
  const [shared, setShared] = useState(true);
  const [refusal, setRefusal] = useState<string>();
  const make = useAct({
    work: () => {
      const body = { name: name.trim(), category, shared, sql, parameters: [] };
      return post<Workflow>(workflowPath, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[workflowPath, "list"]],
    refused: t`No workflow was made`,
    onDone: ({ id }) => void navigate({ to: "/amc/library/$workflowId", params: { workflowId: id } }),
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>New workflow</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") make.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <Field label={t`Category`}>
          {({ id }) => (
            <Select id={id} value={category} choices={categories.map((value) => ({ value, label: categoryWord(value) }))} onChange={setCategory} />
          )}
        </Field>
        <Checkbox
          checked={shared}
          onChange={setShared}
          label={<Trans>Everybody here sees it</Trans>}
          hint={<Trans>Otherwise only you do.</Trans>}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={make.isPending} disabled={name.trim() === ""}>
            <Trans>Write it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
