import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney, parseMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { standsAt } from "./fee-columns";
import type { Fee } from "./types";

interface CorrectFeeProps {
  fee: Fee;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

function faultOf(right: number | null, stands: number): string | undefined {
  if (right === null || right < 0) return t`Enter an amount of 0 or more`;
  return right === stands ? t`The fee stands at this amount already` : undefined;
}

/** What a fee should have been: the difference is an entry of its own, and another person books it. */
export function CorrectFee({ fee, onClose, onWaiting }: CorrectFeeProps) {
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { currency, reference } = fee;
  const stands = standsAt(fee);
  const right = parseMoney(typed, currency);
  const wrong = typed.trim() === "" ? undefined : faultOf(right, stands);
  const ready = right !== null && wrong === undefined && reason.trim() !== "";
  const ask = useAct({
    work: () => {
      const body = { right_minor: right ?? 0, reason: reason.trim() };
      return post<{ approval_id: string }>(`/campaign-provider-charges/${fee.id}/corrections`, body, {
        idempotencyKey: attempt.key(body),
      });
    },
    refresh: [["/campaign-manual-entries"], ["/approvals"]],
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
    <Dialog open onClose={onClose} title={<Trans>Correct a fee</Trans>}>
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
            The fee {reference} stands at {formatMoney(stands, currency)}. What was recorded stays; the difference is an entry of its own. What the bond bore
            too much goes back to it, and what is missing it bears as far as it goes.
          </Trans>
        </p>
        <TextField
          label={t`It should be, ${currency}`}
          hint={t`0 for a fee that was never taken.`}
          inputMode="decimal"
          autoFocus
          needed
          value={typed}
          {...(wrong === undefined ? {} : { error: wrong })}
          onChange={(event) => setTyped(event.target.value)}
        />
        {right !== null && wrong === undefined && (
          <p role="status" className="text-16 font-medium text-pretty">
            {right < stands ? (
              <Trans>An entry of {formatMoney(stands - right, currency)} lowers it.</Trans>
            ) : (
              <Trans>An entry of {formatMoney(right - stands, currency)} raises it.</Trans>
            )}
          </p>
        )}
        <TextArea
          label={t`Reason`}
          maxLength={2000}
          hint={t`It is told with the entry, and stays in the log.`}
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
