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

import type { ProviderAction } from "./types";

interface BearRefundProps {
  action: ProviderAction;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

/** A refund somebody made at the provider and nobody held: another person lets the bond bear it. */
export function BearRefund({ action, onClose, onWaiting }: BearRefundProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { reference } = action;
  const amount = formatMoney(action.amount_minor, action.currency);
  const ready = reason.trim() !== "";
  const ask = useAct({
    work: () => {
      const body = { reason: reason.trim() };
      return post<{ approval_id: string }>(`/campaign-provider-actions/${action.id}/loss`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaign-provider-actions"], ["/approvals"]],
    refused: t`Nothing was asked for`,
    onDone: ({ approval_id: id }) => {
      onClose();
      onWaiting(id);
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Let the bond bear a refund</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) ask.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            {amount} ({reference}) has left the provider and stays with whom it went to. What is still held for that commitment goes first; the bond bears the
            rest. Beyond what the bond holds it is a gap, which stops releases until somebody pays in.
          </Trans>
        </p>
        <TextArea
          label={t`Reason`}
          maxLength={2000}
          hint={t`Who refunded there, and why. It stays in the log.`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={ask.isPending} disabled={!ready}>
            <Trans>Ask a second person</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
