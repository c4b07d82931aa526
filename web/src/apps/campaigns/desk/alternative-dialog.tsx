import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Refund } from "./types";

interface AlternativeDialogProps {
  refund: Refund;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

/** A refused refund to an account the member agreed to: always decided by a second person. */
export function AlternativeDialog({ refund, onClose, onWaiting }: AlternativeDialogProps) {
  const [destination, setDestination] = useState("");
  const [evidence, setEvidence] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const amount = formatMoney(refund.amount_minor, refund.currency);
  const ask = useAct({
    work: () => {
      const body = { destination: destination.trim(), evidence: evidence.trim() };
      return post<{ approval_id: string }>(`/refunds/${refund.id}/alternative-payout`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/refunds"], ["/approvals"]],
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
    <Dialog open onClose={onClose} title={<Trans>Pay {amount} another way</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            The provider refused {amount} of commitment {refund.commitment_reference}. A second person decides whether it
            goes to the account the member has agreed to.
          </Trans>
        </p>
        <TextField label={t`Account at the provider`} maxLength={200} value={destination} onChange={(event) => setDestination(event.target.value)} />
        <TextArea
          label={t`Where the member's agreement is to be found`}
          maxLength={2000}
          value={evidence}
          onChange={(event) => setEvidence(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={ask.isPending}
            disabled={destination.trim() === "" || evidence.trim() === ""}
          >
            <Trans>Ask a second person</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
