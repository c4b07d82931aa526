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
  const withdraw = useAct({
    work: () =>
      post(`/commitments/${commitment.id}/withdraw`, {}, { idempotencyKey: key, version: commitment.version }),
    refresh: [["/commitments"]],
    done: () => t`Withdrawn: ${amount} is refunded from escrow`,
    refused: t`The commitment stays as it was`,
    onDone: () => {
      noteActed(commitment.id);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Withdraw from {campaign}</Trans>}>
      <p className="text-16 text-pretty">
        <Trans>
          The whole amount, <strong>{amount}</strong>, is refunded from escrow to the method it came from, at no cost to
          you. <Plural value={commitment.units} one="Your unit leaves" other="Your # units leave" /> the campaign. To take part again you commit anew.
        </Trans>
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
