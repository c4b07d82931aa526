import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import type { OwnNotice } from "../talk-types";
import type { Commitment } from "../types";

interface AnswerDialogProps {
  answer: "stay" | "leave";
  notice: OwnNotice;
  commitment: Commitment;
  onClose: () => void;
}

/** Names the amount and the effect of the answer before it is given. */
export function AnswerDialog({ answer, notice, commitment, onClose }: AnswerDialogProps) {
  const [key] = useState(() => newId());
  const amount = formatMoney(commitment.amount_minor, commitment.currency);
  const campaign = titleOf({ title: commitment.campaign_title });
  const date = formatInstant(notice.new_date_at);
  const leaving = answer === "leave";
  const send = useAct({
    work: () =>
      post<Commitment>(`/notices/${notice.id}/answer`, { commitment_id: commitment.id, answer }, { idempotencyKey: key }),
    refresh: [["/commitments"]],
    done: () => (leaving ? t`You left: ${amount} is refunded from escrow` : t`You stay in`),
    refused: t`Your answer was not taken`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={leaving ? <Trans>Leave {campaign}</Trans> : <Trans>Stay in {campaign}</Trans>}>
      <p className="text-16 text-pretty">
        {leaving ? (
          <Trans>
            The whole amount, <strong>{amount}</strong>, goes back to the method it came from, at no cost to you.{" "}
            <Plural value={commitment.units} one="Your unit leaves" other="Your # units leave" /> the campaign. This answer is final.
          </Trans>
        ) : (
          <Trans>
            Your commitment of <strong>{amount}</strong> stays as it is, under the new date {date}, which is conditional.
            You may still leave while answers are taken.
          </Trans>
        )}
      </p>
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Not now</Trans>
        </Button>
        <Button size="normal" tone="primary" busy={send.isPending} onClick={() => send.mutate()}>
          {leaving ? <Trans>Leave, {amount} back</Trans> : <Trans>Stay in with {amount}</Trans>}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
