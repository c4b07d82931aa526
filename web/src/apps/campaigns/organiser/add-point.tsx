import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch, post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { ConsolidationPoint } from "../types";

interface AddPointProps {
  /** One that is there already: it is changed, not added. */
  point?: ConsolidationPoint;
  onClose: () => void;
  onAdded: (point: ConsolidationPoint) => void;
}

export default function AddPoint({ point, onClose, onAdded }: AddPointProps) {
  const [name, setName] = useState(point?.name ?? "");
  const [address, setAddress] = useState(point?.address ?? "");
  const [refusal, setRefusal] = useState<string>();
  const add = useAct({
    work: () => {
      const body = { name: name.trim(), address: address.trim() };
      if (point === undefined) return post<ConsolidationPoint>("/consolidation-points", body);
      const version = point.version == null ? {} : { version: point.version };
      return patch<ConsolidationPoint>(`/consolidation-points/${point.id}`, body, version);
    },
    refresh: [["/consolidation-points"]],
    refused: point === undefined ? t`The point was not added` : t`The point stays as it was`,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
    onDone: (point) => {
      onAdded(point);
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={point === undefined ? <Trans>New consolidation point</Trans> : <Trans>Edit {point.name}</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          add.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t`Address`} value={address} onChange={(event) => setAddress(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={add.isPending}
            disabled={name.trim() === "" || address.trim() === ""}
          >
            {point === undefined ? <Trans>Add</Trans> : <Trans>Keep</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
