import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { put } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Commitment } from "../types";
import { isComplete, noAddress, trimmed, type Address } from "./address";
import { AddressFields } from "./address-fields";

interface AddressDialogProps {
  commitment: Commitment;
  address: Address | null;
  onClose: () => void;
}

export function AddressDialog({ commitment, address, onClose }: AddressDialogProps) {
  const [typed, setTyped] = useState<Address>(address ?? noAddress);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const keep = useAct({
    work: () => put<Commitment>(`/commitments/${commitment.id}/delivery-address`, trimmed(typed)),
    refresh: [["/commitments"]],
    done: () => t`Your address is changed`,
    refused: t`Your address stays as it was`,
    onDone: onClose,
    onRefused: setRefusal,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Delivery address</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete(typed)) keep.mutate();
        }}
      >
        <AddressFields address={typed} refusal={refusal} onChange={setTyped} />
        <FormRefusal message={refusal === null || refusal.errors.length > 0 ? undefined : refusal.said} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={keep.isPending} disabled={!isComplete(typed)}>
            <Trans>Keep this address</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
