import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { CardDispute, SupplierClaim } from "./types";

interface ClaimDialogProps {
  /** A lost dispute to be claimed, or a claim to be given up. */
  about: { dispute: CardDispute } | { claim: SupplierClaim };
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

interface Told {
  approval_id?: string;
}

/** The amount, the person and the effect, then the reason. */
export function ClaimDialog({ about, onClose, onWaiting }: ClaimDialogProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const gives = "claim" in about;
  const owed = gives ? about.claim.amount_minor - about.claim.paid_minor - about.claim.written_off_minor : about.dispute.amount_minor;
  const amount = formatMoney(owed, gives ? about.claim.currency : about.dispute.currency);
  const act = useAct({
    work: () => {
      const told = { reason: reason.trim() };
      if (gives) return post<Told>(`/supplier-claims/${about.claim.id}/write-off`, told, { idempotencyKey: attempt.key(told) });
      const body = { ...told, dispute_id: about.dispute.id };
      return post<Told>("/supplier-claims", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/supplier-claims"], ["/campaign-card-disputes"], ["/campaign-coverage"], ["/approvals"]],
    done: () => (gives ? t`A second person is asked` : t`${amount} is claimed from the supplier`),
    refused: gives ? t`Nothing is given up` : t`Nothing is claimed`,
    onDone: ({ approval_id: id }) => {
      onClose();
      if (id !== undefined) onWaiting(id);
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={gives ? <Trans>Write off {amount}</Trans> : <Trans>Claim {amount} from the supplier</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          {gives ? (
            <Trans>
              {amount} that the supplier owes is given up as a loss, which the bond bears. Another person has to agree;
              nothing happens before.
            </Trans>
          ) : (
            <Trans>
              The bond bore the lost dispute. The supplier owes it {amount} from now on, sees the reason, and can pay
              through the provider.
            </Trans>
          )}
        </p>
        <TextArea label={t`Reason`} autoFocus maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={act.isPending} disabled={reason.trim() === ""}>
            {gives ? <Trans>Ask a second person</Trans> : <Trans>Claim {amount}</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
