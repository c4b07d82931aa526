import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { ConsolidationPoint } from "../types";

interface AddPointProps {
  onClose: () => void;
  onAdded: (point: ConsolidationPoint) => void;
}

export default function AddPoint({ onClose, onAdded }: AddPointProps) {
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const add = useAct({
    work: () => post<ConsolidationPoint>("/consolidation-points", { name: name.trim(), address: address.trim() }),
    refresh: [["/consolidation-points"]],
    refused: t`The point was not added`,
    onDone: (point) => {
      onAdded(point);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>New consolidation point</Trans>}>
      <div className="flex flex-col gap-21">
        <TextField label={t`Name`} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t`Address`} value={address} onChange={(event) => setAddress(event.target.value)} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            busy={add.isPending}
            disabled={name.trim() === "" || address.trim() === ""}
            onClick={() => add.mutate()}
          >
            <Trans>Add</Trans>
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
