import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Proposal } from "./types";

interface WhyDialogProps {
  proposal: Proposal;
  verb: "decline" | "withdraw";
  refresh: string[][];
  onClose: () => void;
}

/** Ends a proposal, with the reason that the other side reads. */
export function WhyDialog({ proposal, verb, refresh, onClose }: WhyDialogProps) {
  const [reason, setReason] = useState("");
  const declines = verb === "decline";
  const path = declines ? `/proposals/${proposal.id}/decline` : `/supplier/proposals/${proposal.id}/withdraw`;
  const end = useAct({
    work: () => post<Proposal>(path, { reason: reason.trim() }),
    refresh,
    done: () => (declines ? t`Declined` : t`Withdrawn`),
    refused: t`The proposal stays as it was`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={declines ? <Trans>Decline</Trans> : <Trans>Withdraw the proposal</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          end.mutate();
        }}
      >
        <TextArea label={t`Reason`} hint={t`The other side reads it.`} autoFocus maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={end.isPending} disabled={reason.trim() === ""}>
            {declines ? <Trans>Decline</Trans> : <Trans>Withdraw</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
