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

export function DeclineDialog({ campaign, onClose }: { campaign: SupplierCampaign; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [key] = useState(() => newId());
  const title = titleOf(campaign);
  const decline = useAct({
    work: () => post(`/supplier/campaigns/${campaign.id}/decline`, { reason: reason.trim() }, { idempotencyKey: key }),
    refresh: [["/supplier/campaigns"]],
    done: () => t`${title} declined`,
    refused: t`Nothing was decided`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Decline {title}</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          decline.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>Every member is refunded from escrow at once, in full. This cannot be taken back.</Trans>
        </p>
        <TextArea
          label={t`Reason`}
          hint={t`The members read it.`}
          value={reason}
          maxLength={2000}
          onChange={(event) => setReason(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={decline.isPending} disabled={reason.trim() === ""}>
            <Trans>Decline and refund</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
