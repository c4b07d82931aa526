import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { CardDispute } from "./types";

/** One chance, before the provider's deadline: the commitment's facts go with what is written here. */
export function HandInEvidence({ dispute, onClose }: { dispute: CardDispute; onClose: () => void }) {
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { evidence_due_at: due, reference, provider } = dispute;
  const send = useAct({
    work: () => {
      const body = { explanation: text.trim() };
      return post(`/campaign-card-disputes/${dispute.id}/evidence`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaign-card-disputes"]],
    done: () => t`The evidence is on its way to ${provider}`,
    refused: t`No evidence was handed in`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open wide onClose={onClose} title={<Trans>Evidence against {reference}</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            The provider takes evidence once; it cannot be added to or taken back. With it goes what is recorded: the
            commitment, the acknowledged terms, each step of the delivery and the receipt; no name and no address.
          </Trans>
        </p>
        {due !== null && (
          <p className="text-16">
            <Trans>Taken until {formatInstant(due)}.</Trans>
          </p>
        )}
        <TextArea
          label={t`What speaks against the dispute`}
          rows={8}
          autoFocus
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={text.trim() === ""}>
            <Trans>Hand in, once and for all</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
