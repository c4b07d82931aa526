import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { formatMoney } from "@/kernel/money";
import { noteActed } from "@/kernel/settle";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import type { Commitment } from "../types";

/** Money moves: so it is asked, with the amount, the campaign and the effect by name. */
export function WithdrawDialog({ commitment, onClose }: { commitment: Commitment; onClose: () => void }) {
  const [key] = useState(() => newId());
  const amount = formatMoney(commitment.amount_minor, commitment.currency);
  const campaign = titleOf({ title: commitment.campaign_title });
  // While a campaign gathers, only this way of funding has taken anything yet.
  const taken = commitment.funding_mode === "escrow_capture";
  const withdraw = useAct({
    work: () =>
      post(`/commitments/${commitment.id}/withdraw`, {}, { idempotencyKey: key, version: commitment.version }),
    refresh: [["/commitments"]],
    done: () => (taken ? t`Withdrawn: ${amount} is refunded from escrow` : t`Withdrawn: nothing is taken from you`),
    refused: t`The commitment stays as it was`,
    onDone: () => {
      noteActed(commitment.id);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Withdraw from {campaign}</Trans>}>
      <p className="text-16 text-pretty">
        {taken ? (
          <Trans>
            The whole amount, <strong>{amount}</strong>, is refunded from escrow to the method it came from, at no cost to
            you. <Plural value={commitment.units} one="Your unit leaves" other="Your # units leave" /> the campaign. To take part again you commit anew.
          </Trans>
        ) : (
          <Trans>
            Nothing has been taken of <strong>{amount}</strong> and nothing will be; if it is reserved on your payment
            method, the reservation is given back by itself. <Plural value={commitment.units} one="Your unit leaves" other="Your # units leave" /> the
            campaign. To take part again you commit anew.
          </Trans>
        )}
      </p>
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Stay in</Trans>
        </Button>
        <Button size="normal" tone="primary" busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
          <Trans>Withdraw {amount}</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
