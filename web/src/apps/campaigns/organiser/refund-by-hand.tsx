import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney, parseMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { choicesOf, reasonWords } from "../desk/words";
import type { OrganiserCommitment } from "./commitment-types";

interface RefundByHandProps {
  campaignId: string;
  commitment: OrganiserCommitment;
  onClose: () => void;
  onWaiting: (approvalId: string) => void;
}

/** One commitment, whole or in part; above the organisation's threshold a second person decides. */
export function RefundByHand({ campaignId, commitment, onClose, onWaiting }: RefundByHandProps) {
  const [part, setPart] = useState<"whole" | "part">("whole");
  const [typed, setTyped] = useState("");
  const [code, setCode] = useState("admin_manual");
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const { currency, reference } = commitment;
  const minor = part === "part" ? parseMoney(typed, currency) : null;
  const ready = reason.trim() !== "" && (part === "whole" || (minor !== null && minor > 0));
  const shown = minor === null ? t`all that is in escrow` : formatMoney(minor, currency);
  const refund = useAct({
    work: () => {
      const what = part === "whole" ? { whole: true } : { amount_minor: minor };
      const body = { ...what, reason_code: code, reason: reason.trim() };
      return post<{ approval_id: string | null }>(`/commitments/${commitment.id}/refunds`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[`/campaigns/${campaignId}/commitments`], ["/campaigns", campaignId], ["/refunds"], ["/approvals"]],
    refused: t`Nothing is refunded`,
    onDone: ({ approval_id: id }) => {
      onClose();
      if (id !== null) onWaiting(id);
    },
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Refund {reference}</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) refund.mutate();
        }}
      >
        <Field label={t`What goes back`}>
          {({ id }) => (
            <Select<"whole" | "part">
              id={id}
              value={part}
              choices={[
                { value: "whole", label: t`All that is in escrow: the commitment ends` },
                { value: "part", label: t`A part: the commitment goes on` },
              ]}
              onChange={setPart}
            />
          )}
        </Field>
        {part === "part" && (
          <TextField label={t`Amount, ${currency}`} inputMode="decimal" value={typed} onChange={(event) => setTyped(event.target.value)} />
        )}
        <Field label={t`Reason`}>
          {({ id }) => <Select id={id} value={code} choices={choicesOf(reasonWords())} onChange={setCode} />}
        </Field>
        <TextArea label={t`In words`} hint={t`The member reads it.`} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
        <p className="text-16 text-pretty">
          <Trans>Of {reference}, {shown} goes back to the method it came from, at no cost to the member.</Trans>
        </p>
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={refund.isPending} disabled={!ready}>
            {minor === null ? <Trans>Refund</Trans> : <Trans>Refund {shown}</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
