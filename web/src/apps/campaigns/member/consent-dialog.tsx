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
import type { Commitment } from "../types";
import type { Consent } from "./commitment-types";

interface ConsentDialogProps {
  answer: "agree" | "leave";
  consent: Consent;
  commitment: Commitment;
  onClose: () => void;
}

/** Names both amounts and what the answer does before it is given. */
export function ConsentDialog({ answer, consent, commitment, onClose }: ConsentDialogProps) {
  const [key] = useState(() => newId());
  const { currency } = commitment;
  const campaign = titleOf({ title: commitment.campaign_title });
  const whole = formatMoney(commitment.amount_minor, currency);
  const stays = formatMoney(consent.amount_minor, currency);
  const back = formatMoney(consent.back_minor, currency);
  const until = formatInstant(consent.answer_by);
  const leaving = answer === "leave";
  const send = useAct({
    work: () => post<Commitment>(`/commitments/${commitment.id}/consent`, { answer }, { idempotencyKey: key }),
    refresh: [["/commitments"]],
    done: () => (leaving ? t`You left: ${whole} is refunded from escrow` : t`You agreed to the part`),
    refused: t`Your answer was not taken`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={leaving ? <Trans>Leave {campaign}</Trans> : <Trans>Agree to a part of {campaign}</Trans>}>
      <p className="text-16 text-pretty">
        {leaving ? (
          <Trans>
            The whole amount, <strong>{whole}</strong>, goes back to the method it came from, at no cost to you. You get
            no units. This answer is final.
          </Trans>
        ) : (
          <>
            <Plural
              value={consent.units}
              one="If every member agrees, you get # unit:"
              other="If every member agrees, you get # units:"
            />{" "}
            <Trans>
              <strong>{stays}</strong> stays in escrow, and <strong>{back}</strong> goes back to the method it came from.
              You may still leave until {until}.
            </Trans>
          </>
        )}
      </p>
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Not now</Trans>
        </Button>
        <Button size="normal" tone="primary" busy={send.isPending} onClick={() => send.mutate()}>
          {leaving ? <Trans>Leave, {whole} back</Trans> : <Trans>Agree: {stays} stays, {back} back</Trans>}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
