import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Campaign } from "../types";
import { ConstraintFields, constraintOf, type ConstraintDraft } from "./constraint-fields";
import type { Review, ReviewRole, Verdict } from "./review-types";
import { roleWord, verdictChoices } from "./review-words";

interface OpinionDialogProps {
  campaign: Campaign;
  roles: ReviewRole[];
  onClose: () => void;
}

/** For whom one speaks, what one makes of it and why; the effect stands above the button. */
export function OpinionDialog({ campaign, roles, onClose }: OpinionDialogProps) {
  const [role, setRole] = useState<ReviewRole>(roles[0] ?? "risk");
  const [verdict, setVerdict] = useState<Verdict>("accept");
  const [reason, setReason] = useState("");
  const [draft, setDraft] = useState<ConstraintDraft>({ kind: "cap_units_at_most", text: "" });
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const constrained = verdict === "accept_with_constraints";
  const constraint = constrained ? constraintOf(draft, campaign.currency) : null;
  const ready = reason.trim() !== "" && (!constrained || constraint !== null);
  const send = useAct({
    work: () => {
      const body = { role, verdict, reason: reason.trim(), constraints: constraint === null ? [] : [constraint] };
      return post<Review>(`/campaigns/${campaign.id}/review-opinions`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaigns", campaign.id], ["/approvals"]],
    done: () => t`Your view is kept with the campaign`,
    refused: t`Nothing was changed`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>State your view</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send.mutate();
        }}
      >
        <Field label={t`You speak for`}>
          {({ id }) => (
            <Select id={id} value={role} choices={roles.map((value) => ({ value, label: roleWord(value) }))} onChange={setRole} />
          )}
        </Field>
        <Field label={t`What you make of it`}>
          {({ id }) => <Select id={id} value={verdict} choices={verdictChoices()} onChange={setVerdict} />}
        </Field>
        {constrained && <ConstraintFields draft={draft} currency={campaign.currency} onChange={setDraft} />}
        <TextArea
          label={t`Reason`}
          maxLength={2000}
          hint={t`Everybody who works on the campaign reads it, and it stays in the log.`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <p className="text-16 text-pretty">{effectOf(role, verdict)}</p>
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={!ready}>
            <Trans>State it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function effectOf(role: ReviewRole, verdict: Verdict): string {
  const blocks = verdict === "defer" || verdict === "reject";
  if (role === "gate" && verdict === "reject") return t`The campaign ends without having been published.`;
  if (role === "gate" && !blocks) return t`The campaign is published, under every constraint that stands, if no role objects.`;
  if (blocks) return t`The campaign is not published until this role accepts it. The organiser is told why.`;
  return t`The campaign waits for the gate. What this role objected to before is taken back.`;
}
