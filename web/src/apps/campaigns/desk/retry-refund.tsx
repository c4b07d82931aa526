import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Refund } from "./types";

/** Money: the amount, whose it is and where it goes stand here before the press. */
export function RetryRefund({ refund, onClose }: { refund: Refund; onClose: () => void }) {
  const attempt = useAttempt();
  const [refusal, setRefusal] = useState<string>();
  const amount = formatMoney(refund.amount_minor, refund.currency);
  const retry = useAct({
    work: () => post(`/refunds/${refund.id}/retry`, undefined, { idempotencyKey: attempt.key(refund.id) }),
    refresh: [["/refunds"]],
    done: () => t`${amount} instructed again`,
    refused: t`The refund stays refused`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.said);
    },
  });
  const place = refund.destination ?? t`the method it came from`;
  return (
    <Dialog open onClose={onClose} title={<Trans>Instruct the refund again</Trans>}>
      <p className="text-16 text-pretty">
        <Trans>
          {amount} of commitment {refund.commitment_reference} go back to {place}, at no cost to the member. Attempts so
          far: {refund.attempts}.
        </Trans>
      </p>
      <FormRefusal message={refusal} />
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button tone="primary" size="normal" busy={retry.isPending} onClick={() => retry.mutate()}>
          <Trans>Refund {amount}</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
