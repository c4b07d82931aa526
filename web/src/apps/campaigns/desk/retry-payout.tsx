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

import type { Payout } from "./types";

interface RetryPayoutProps {
  payout: Payout;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

/** Every refused payment of the campaign is instructed again: the step belongs to the campaign. */
export function RetryPayout({ payout, onClose, onWaiting }: RetryPayoutProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const amount = formatMoney(payout.amount_minor, payout.currency);
  const retry = useAct({
    work: () => {
      const body = { name: "retry_payout", reason: reason.trim() };
      return post<{ approval_id?: string | null }>(`/campaigns/${payout.campaign_id}/transitions`, body, {
        idempotencyKey: attempt.key(body),
      });
    },
    refresh: [["/campaign-payouts"], ["/campaigns"], ["/approvals"]],
    refused: t`The payment stays refused`,
    onDone: ({ approval_id: id }) => {
      onClose();
      if (typeof id === "string") onWaiting(id);
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Instruct the payment again</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          retry.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            {amount} go from escrow to {payout.supplier_name ?? t`the supplier`} under a new key, with every other refused
            payment of campaign {payout.campaign_reference}.
          </Trans>
        </p>
        <TextArea
          label={t`Reason`}
          hint={t`Everybody concerned reads it, and it stays in the log.`}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={retry.isPending} disabled={reason.trim() === ""}>
            <Trans>Pay {amount}</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
