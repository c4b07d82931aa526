import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { SupplierCampaign } from "../types";

interface DecideDialogProps {
  campaign: SupplierCampaign;
  verb: "accept" | "decline";
  onClose: () => void;
}

export function DecideDialog({ campaign, verb, onClose }: DecideDialogProps) {
  const [reason, setReason] = useState("");
  const [key] = useState(() => newId());
  const accepting = verb === "accept";
  const decide = useAct({
    work: () =>
      post(
        `/supplier/campaigns/${campaign.id}/${verb}`,
        reason.trim() === "" ? {} : { reason: reason.trim() },
        { idempotencyKey: key },
      ),
    refresh: [["/supplier/campaigns"]],
    done: () => (accepting ? t`${campaign.title} accepted` : t`${campaign.title} declined`),
    refused: t`Nothing was decided`,
    onDone: onClose,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={accepting ? <Trans>Accept {campaign.title}</Trans> : <Trans>Decline {campaign.title}</Trans>}
    >
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          decide.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          {accepting ? (
            <Trans>
              You take on the duty to deliver as specified, at your stated price. The escrow is released to you after
              delivery is confirmed and the inspection time has passed.
            </Trans>
          ) : (
            <Trans>Every member is refunded from escrow at once, in full. This cannot be taken back.</Trans>
          )}
        </p>
        <TextArea
          label={accepting ? t`Note` : t`Reason`}
          {...(accepting ? { optional: t`optional` } : { hint: t`The members read it.` })}
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.target.value)}
        />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={decide.isPending}
            disabled={!accepting && reason.trim() === ""}
          >
            {accepting ? <Trans>Accept</Trans> : <Trans>Decline and refund</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
