import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

export interface AskedEntry {
  wish: "suspense" | "to_bond" | "by_bond" | "correction";
  subject: string;
  amount: string;
  reference: string;
}

interface EntryDialogProps {
  asked: AskedEntry;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

/** Amount, where it comes from and where it goes stand above the button; another person books it. */
export function EntryDialog({ asked, onClose, onWaiting }: EntryDialogProps) {
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { amount, reference } = asked;
  const ask = useAct({
    work: () => {
      const body = { wish: asked.wish, subject_id: asked.subject, reason: reason.trim() };
      return post<{ approval_id: string }>("/campaign-manual-entries", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaign-manual-entries"], ["/payments/breaks"], ["/approvals"]],
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
    <Dialog open onClose={onClose} title={<Trans>Ask for an entry of {amount}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== "") ask.mutate();
        }}
      >
        <p className="text-16 text-pretty">{effectOf(asked.wish, amount, reference)}</p>
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
          <Button tone="primary" size="normal" type="submit" busy={ask.isPending} disabled={reason.trim() === ""}>
            <Trans>Ask a second person</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function effectOf(wish: AskedEntry["wish"], amount: string, reference: string): string {
  if (wish === "suspense") {
    return t`${amount} (${reference}) is booked to suspense, and the difference with the statement is settled. It stays there until its owner is known.`;
  }
  if (wish === "by_bond")
    return t`The bond bears ${amount} (${reference}) that left without a known cause. If the cause is found later, the entry is taken back.`;
  if (wish === "to_bond") return t`${amount} (${reference}) leaves suspense for the organisation's bond.`;
  return t`An entry of ${amount} the other way round takes this one (${reference}) back. Until the right entry is booked the books differ from the statement.`;
}
