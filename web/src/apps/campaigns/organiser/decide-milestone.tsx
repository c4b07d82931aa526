import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Landmark } from "lucide-react";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { perCent } from "../milestones/share";
import type { Milestone } from "../milestones/types";
import type { Campaign } from "../types";

interface DecideMilestoneProps {
  campaign: Campaign;
  milestone: Milestone;
  verb: "approve" | "reject";
  refresh: string[][];
  onClose: () => void;
}

/** Money leaves escrow before the delivery: how much, to whom and on what it rests stands above the button. */
export function DecideMilestone({ campaign, milestone, verb, refresh, onClose }: DecideMilestoneProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { title } = milestone;
  const share = perCent(milestone.share_bp);
  const escrow = formatMoney(campaign.totals.escrow_minor, campaign.currency);
  const supplier = campaign.supplier_name ?? t`the supplier`;
  const approving = verb === "approve";
  const decide = useAct({
    work: () => {
      const body = { reason: reason.trim() };
      return post<Milestone>(`/milestones/${milestone.id}/${verb}`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [...refresh, ["/approvals"]],
    done: ({ state }) => {
      if (!approving) return t`Rejected: more evidence may be given`;
      return state === "evidence_in" || state === "planned" ? t`A second person is asked to approve it` : t`The share is released`;
    },
    refused: t`The milestone stays as it was`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={approving ? <Trans>Approve “{title}”</Trans> : <Trans>Reject the evidence of “{title}”</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          decide.mutate();
        }}
      >
        {approving ? (
          <p className="flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-pretty text-ink">
            <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
            <Trans>
              {share} of what each member committed leaves escrow for {supplier} before the delivery is inspected;{" "}
              {escrow} is in escrow now. Where the rules ask for a second person, nothing moves until that person agrees.
            </Trans>
          </p>
        ) : (
          <p className="text-16 text-pretty">
            <Trans>Nothing is released. The supplier and the members read the reason, and more evidence may be given.</Trans>
          </p>
        )}
        <TextArea label={t`Reason`} autoFocus maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={decide.isPending} disabled={reason.trim() === ""}>
            {approving ? <Trans>Approve the release of {share}</Trans> : <Trans>Reject the evidence</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
