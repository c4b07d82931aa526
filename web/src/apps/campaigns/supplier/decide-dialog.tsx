import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import type { SupplierCampaign } from "../types";

interface DecideDialogProps {
  campaign: SupplierCampaign;
  verb: "accept" | "decline";
  onClose: () => void;
}

export function DecideDialog({ campaign, verb, onClose }: DecideDialogProps) {
  const [reason, setReason] = useState("");
  const [key] = useState(() => newId());
  const title = titleOf(campaign);
  const accepting = verb === "accept";
  const decide = useAct({
    work: () =>
      post(
        `/supplier/campaigns/${campaign.id}/${verb}`,
        accepting ? {} : { reason: reason.trim() },
        { idempotencyKey: key },
      ),
    refresh: [["/supplier/campaigns"]],
    done: () => (accepting ? t`${title} accepted` : t`${title} declined`),
    refused: t`Nothing was decided`,
    onDone: onClose,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={accepting ? <Trans>Accept {title}</Trans> : <Trans>Decline {title}</Trans>}
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
        {!accepting && (
          <TextArea
            label={t`Reason`}
            hint={t`The members read it.`}
            value={reason}
            maxLength={2000}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
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
